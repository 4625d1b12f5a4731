#include "record/dump.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "data/operands.hpp"
#include "nvfp4/float16.hpp"
#include "record/load.hpp"
#include "record/npy.hpp"
#include "temporary_directory.hpp"
#include "validate/reference.hpp"

using namespace nvfp4bench;
namespace fs = std::filesystem;

namespace {

/// Generated operands and their reference; the view points into them.
struct Instance {
  Problem problem;
  data::Operands operands;
  ProblemView view;
  validate::Reference reference;

  explicit Instance(Problem p)
      : problem(std::move(p)),
        operands(data::generate(problem, 1)),
        view(data::view(problem, operands)),
        reference(validate::compute_reference(view, 1)) {}
};

Problem small_problem(Op op = Op::dual_gemm_silu) {
  Problem problem;
  problem.name = "small";
  problem.op = op;
  problem.groups = {{3, 5, 32, 2, {}, {}}, {0, 5, 32, 1, {}, {}}};
  return problem;
}

std::vector<Problem> one(Problem problem) { return {std::move(problem)}; }

nlohmann::json read_json(const fs::path& file) {
  std::ifstream in(file);
  return nlohmann::json::parse(in);
}

std::vector<uint8_t> bytes(const data::AlignedBuffer& buffer) {
  return {buffer.data(), buffer.data() + buffer.size()};
}

}  // namespace

TEST_CASE("what is dumped loads back as the same problem with the same operands") {
  for (const Op op : {Op::dual_gemm_silu, Op::gemm}) {
    const TemporaryDirectory folder;
    const Instance given(small_problem(op));
    record::Dump(folder.path(), one(given.problem)).add_problem(given.problem, given.view, given.reference);

    const record::Loaded loaded = record::load(folder.path());
    CHECK(loaded.problem.op == op);
    CHECK(loaded.problem.name == "small");
    REQUIRE(loaded.operands.groups.size() == 2);
    const auto& expected = given.operands.groups[0];
    const auto& got = loaded.operands.groups[0];
    CHECK(got.alpha1 == expected.alpha1);
    for (const auto matrix : {&data::GroupOperands::a, &data::GroupOperands::b1, &data::GroupOperands::b2}) {
      CHECK(bytes((got.*matrix).codes) == bytes((expected.*matrix).codes));
      CHECK(bytes((got.*matrix).scales) == bytes((expected.*matrix).scales));
    }
  }
}

TEST_CASE("the reference output is the exact value rounded once, NaN where a scale is NaN") {
  const TemporaryDirectory folder;
  Instance given(small_problem(Op::gemm));
  given.view.groups[0].alpha1 = 0.25F;
  given.reference.groups[0].acc1[7] = 3 << 20;  // 3.0
  given.reference.groups[0].a_nan[0] = 1;
  record::Dump(folder.path(), one(given.problem)).add_problem(given.problem, given.view, given.reference);

  const record::NpyArray c = record::read_npy(folder.path() / "g0_c_reference.npy");
  CHECK(c.type == record::NpyType::f16);
  CHECK(c.shape == std::vector<int64_t>{2, 3, 5});
  const auto at = [&](int64_t i) {
    return nvfp4::f16_to_float(reinterpret_cast<const uint16_t*>(c.bytes.data())[i]);
  };
  for (int64_t n = 0; n < 5; ++n) CHECK(std::isnan(at(n)));
  CHECK(at(7) == 0.75F);
  CHECK(record::read_npy(folder.path() / "g1_c_reference.npy").shape == std::vector<int64_t>{1, 0, 5});
}

TEST_CASE("outputs join the index as they arrive, one folder a problem") {
  const TemporaryDirectory folder;
  Instance given(small_problem());
  std::vector<uint16_t> c(2 * 3 * 5, 0x3C00);
  given.view.groups[0].c = c.data();
  Problem other = given.problem;
  other.name = "other";
  record::Dump dump(folder.path(), std::vector{given.problem, other});
  dump.add_problem(given.problem, given.view, given.reference);
  CHECK(read_json(folder.path() / "small/index.json")["outputs"].empty());

  dump.add_output(given.problem, given.view, "cpu/two_pass");
  dump.add_output(given.problem, given.view, "cpu/fused_interleaved");
  const nlohmann::json index = read_json(folder.path() / "small/index.json");
  CHECK(index["format"] == "nvfp4bench-dump");
  CHECK(index["c_dtype"] == "f16");
  CHECK(index["groups"][0]["sfb2_blocked"] == "g0_sfb2_blocked.npy");
  CHECK(index["outputs"]["cpu/two_pass"] == nlohmann::json{"g0_cpu_two_pass.npy", "g1_cpu_two_pass.npy"});
  CHECK(index["outputs"].size() == 2);
  const record::NpyArray written = record::read_npy(folder.path() / "small/g0_cpu_two_pass.npy");
  CHECK(std::equal(written.bytes.data(), written.bytes.data() + written.bytes.size(),
                   reinterpret_cast<const uint8_t*>(c.data())));
  CHECK_FALSE(fs::exists(folder.path() / "small/index.json.tmp"));
}

TEST_CASE("a dump that cannot be written names the path") {
  const TemporaryDirectory folder;
  std::ofstream(folder.path() / "file") << "in the way";
  std::string message;
  try {
    record::Dump(folder.path() / "file/dump", one(small_problem()));
  } catch (const std::runtime_error& error) {
    message = error.what();
  }
  CHECK(message.find("file/dump: cannot create the folder") != std::string::npos);
}
