// What becomes of outputs that are wrong, in whichever run.
#include "bench/check.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "bench/fake_bench.hpp"
#include "catch.hpp"
#include "validate/sample.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::bench;

TEST_CASE("a variant that is wrong only on its third timed run fails and has no time") {
  FakeBench bench;
  bench.script_a.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    if (run == 5) first_output(view)[7] += 1;
    bench.fake.now_ms += 10;
  };
  const auto results = bench.run_one();
  check_failed(results[0], "timed run 3: ");
  REQUIRE(results[0].verdict);
  CHECK(results[0].verdict->mismatches == 1);
  check_passed(results[1]);
}

TEST_CASE("a variant that leaves what memory held before fails, though that was right once") {
  FakeBench bench;
  bench.script_a.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    if (run == 1) write_exact(view);
    bench.fake.now_ms += 10;
  };
  std::vector<float> last;  // of b: restores what it wrote, the poison of the run before
  bench.script_b.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    const float poison = first_output(view)[3];
    write_exact(view);
    first_output(view)[3] = run == 1 ? first_output(view)[3] : last.back();
    last.push_back(poison);
    bench.fake.now_ms += 10;
  };
  const auto results = bench.run_one();
  check_failed(results[0], "the second run: ");
  CHECK(results[0].verdict->unwritten > 0);
  CHECK(results[0].verdict->unwritten == results[0].verdict->mismatches);
  check_failed(results[1], "the second run: ");
}

TEST_CASE("an output that was never written holds another poison in each of two runs") {
  FakeBench bench;
  bench.variants = 1;
  std::vector<uint32_t> found;
  bench.script_a.run = [&](int, const ProblemView& view, kernels::RunContext&) {
    uint32_t bits = 0;
    std::memcpy(&bits, view.groups[1].c, sizeof bits);
    found.push_back(bits);
    write_exact(view);
    bench.fake.now_ms += 10;
  };
  bench.run();
  REQUIRE(found.size() == 8);
  for (std::size_t i = 1; i < found.size(); ++i) CHECK(found[i] != found[i - 1]);
}

TEST_CASE("a variant that promises the same bits must keep to it, one that does not need only be right") {
  FakeBench bench;
  bench.b.numerics.deterministic = false;
  const auto wobbling = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    float& element = first_output(view)[2];
    if (run >= 4) element = std::nextafter(element, std::numeric_limits<float>::infinity());
    bench.fake.now_ms += 10;
  };
  bench.script_a.run = bench.script_b.run = wobbling;
  const auto results = bench.run_one();
  check_failed(results[0],
               ": not the bits of the first run");  // once the element is not one that was changed
  check_passed(results[1]);

  bench.script_b.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    if (run >= 4) first_output(view)[2] += 1;
    bench.fake.now_ms += 10;
  };
  check_failed(bench.run_one()[1], "timed run 2: ");
}

TEST_CASE("writing outside the output fails, in a timed run too") {
  FakeBench bench;
  bench.script_a.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    if (run == 6) static_cast<float*>(view.groups[1].c)[3 * 24] = 0;
    bench.fake.now_ms += 10;
  };
  const auto results = bench.run_one();
  check_failed(results[0], "outside its output");
  check_passed(results[1]);
}

TEST_CASE("timing alone computes no reference, yet catches a wrong output") {
  FakeBench bench;
  bench.options.time_only = true;
  bench.observer.reference = [](auto&...) { FAIL("computed the reference"); };
  bench.script_a.run = [&](int, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    for (int i = 0; i < 8 * 24; ++i) first_output(view)[i] *= 2;
    bench.fake.now_ms += 10;
  };
  const auto results = bench.run_one();
  CHECK(results[0].status == Status::failed);
  check_passed(results[1]);
}

TEST_CASE("timing alone checks the elements that the seed of the run picks, not the problem's") {
  FakeBench bench;
  bench.options.time_only = true;
  bench.jobs[0].problem.groups = {{.m = 100, .n = 96, .k = 64}};
  const auto picks = [&](uint64_t seed) {
    ProblemView view{Op::dual_gemm_silu, OutputType::f32, {}};
    view.groups.resize(1);
    view.groups[0].a.rows = 100;
    view.groups[0].b1.rows = 96;
    view.groups[0].a.l = 1;
    return validate::sample_places(view, 4096, seed);
  };
  const validate::Place wrong = picks(1).front();
  const auto others = picks(2);
  REQUIRE(std::find(others.begin(), others.end(), wrong) == others.end());
  bench.a.numerics.deterministic = false;
  bench.script_a.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    if (run == 1)
      first_output(view)[wrong.row * 96 + wrong.n] += 1;  // later runs look where operands changed
    bench.fake.now_ms += 10;
  };
  bench.options.sample_seed = 1;
  CHECK(bench.run_one()[0].status == Status::failed);
  bench.options.sample_seed = 2;
  CHECK(bench.run_one()[0].status == Status::passed);
}
