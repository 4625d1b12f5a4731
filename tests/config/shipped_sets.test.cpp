#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "config/devices.hpp"
#include "config/lookup.hpp"
#include "config/problem_set.hpp"
#include "data/fill.hpp"
#include "data/operands.hpp"
#include "model/work.hpp"

namespace nvfp4bench::config {
namespace {

const std::filesystem::path kConfigs = NVFP4BENCH_SOURCE_DIR "/configs";

Peak b200() {
  for (const Peak& device : load_devices(kConfigs / "devices.json"))
    if (device.name == "B200") return device;
  FAIL("no B200 in devices.json");
  return {};
}

double speed_of_light_us(const Problem& problem) {
  return speed_of_light_s(count_work(problem), b200()) * 1e6;
}

Problem only_problem(const std::string& name) {
  const auto problems = load_problem_set(kConfigs / (name + ".json"));
  REQUIRE(problems.size() == 1);
  CHECK(problems.front().name == name);
  return problems.front();
}

TEST_CASE("every shipped set is read, and none is hidden") {
  const std::set<std::string> expected = {"adversarial",
                                          "correctness",
                                          "decode_g8",
                                          "dual_m256_n3072_k4096",
                                          "dual_m256_n4096_k7168",
                                          "dual_m512_n3072_k7168",
                                          "dual_m512_n4096_k7168",
                                          "g2_k1536",
                                          "g2_k4096",
                                          "g8_k2048",
                                          "g8_k7168",
                                          "smoke"};
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(kConfigs)) {
    const std::filesystem::path& path = entry.path();
    if (path.extension() != ".json" || path.filename() == "devices.json") continue;
    CHECK_NOTHROW(load_problem_set(path));
    found.insert(path.stem());
  }
  CHECK(found == expected);
}

TEST_CASE("the published speed-of-light times follow from the shipped sets and devices") {
  const auto single_us = [](const std::string& name) {
    return speed_of_light_us(as_single_gemm(only_problem(name)));
  };
  const auto dual_us = [](const std::string& name) { return speed_of_light_us(only_problem(name)); };
  const double half_unit = 0.0005;  // of the last published digit
  CHECK(single_us("g8_k7168") == Approx(18.833).epsilon(0).margin(half_unit));
  CHECK(single_us("g8_k2048") == Approx(10.667).epsilon(0).margin(half_unit));
  CHECK(single_us("g2_k4096") == Approx(2.406).epsilon(0).margin(half_unit));
  CHECK(single_us("g2_k1536") == Approx(1.525).epsilon(0).margin(half_unit));
  CHECK(dual_us("dual_m256_n4096_k7168") == Approx(4.708).epsilon(0).margin(half_unit));
  CHECK(dual_us("dual_m512_n4096_k7168") == Approx(8.714).epsilon(0).margin(half_unit));
  CHECK(dual_us("dual_m256_n3072_k4096") == Approx(2.125).epsilon(0).margin(half_unit));
  // 6.5358: published cut, not rounded.
  CHECK(dual_us("dual_m512_n3072_k7168") == Approx(6.535).epsilon(0).margin(2 * half_unit));
}

TEST_CASE("g8_k7168 as a dual GEMM takes twice its published single-GEMM time") {
  CHECK(speed_of_light_us(only_problem("g8_k7168")) == Approx(36.0).epsilon(0).margin(0.05));
}

TEST_CASE("the smoke set covers both ops, all output types, an empty group and a batch") {
  std::set<Op> ops;
  std::set<OutputType> outputs;
  std::set<std::string> fills;
  bool empty_group = false, batch = false, alpha = false;
  for (const Problem& problem : load_problem_set(kConfigs / "smoke.json")) {
    ops.insert(problem.op);
    outputs.insert(problem.output);
    fills.insert(problem.fill);
    for (const Group& g : problem.groups) {
      empty_group |= g.m == 0;
      batch |= g.l > 1;
      alpha |= g.alpha1.has_value();
    }
  }
  CHECK(ops.size() == 2);
  CHECK(outputs.size() == 3);
  CHECK(fills == std::set<std::string>{"exact_full", "full", "gauss", "gpumode"});
  CHECK((empty_group && batch && alpha));
}

bool holds_six(const data::Matrix& x) {
  return std::any_of(x.codes.data(), x.codes.data() + x.codes.size(),
                     [](uint8_t byte) { return (byte & 7) == 7 || (byte >> 4 & 7) == 7; });
}

TEST_CASE("every problem of the correctness set holds a 6, but for two with the published data") {
  int published = 0;
  for (const Problem& problem : load_problem_set(kConfigs / "correctness.json")) {
    CAPTURE(problem.name);
    if (count_work(problem).flops == 0) continue;
    if (problem.fill == "gpumode") {
      ++published;
      continue;
    }
    const data::Operands operands = data::generate(problem, 2);
    CHECK(std::any_of(operands.groups.begin(), operands.groups.end(), [](const data::GroupOperands& group) {
      return holds_six(group.a) || holds_six(group.b1);
    }));
  }
  CHECK(published == 2);
}

TEST_CASE("the schema offers the fills that there are") {
  std::ifstream file(kConfigs / "schemas/problem_set.schema.json");
  const auto schema = nlohmann::json::parse(file);
  std::vector<std::string> names;
  for (const data::FillInfo& fill : data::fills()) names.emplace_back(fill.name);
  std::vector<std::string> offered = schema["definitions"]["problem"]["properties"]["fill"]["enum"];
  std::sort(names.begin(), names.end());
  std::sort(offered.begin(), offered.end());
  CHECK(offered == names);
}

TEST_CASE("every device has positive rates and a source") {
  const auto devices = load_devices(kConfigs / "devices.json");
  CHECK(devices.size() >= 4);
  for (const Peak& device : devices) {
    CHECK(device.bytes_per_s > 0);
    CHECK(device.flops_per_s > device.bytes_per_s);
    CHECK(!device.source.empty());
  }
}

}  // namespace
}  // namespace nvfp4bench::config
