// The shipped sets that gate CI, against the judge's own trust in them.
#include <cmath>
#include <filesystem>

#include "catch.hpp"
#include "config/problem_set.hpp"
#include "data/operands.hpp"
#include "validate/element.hpp"
#include "validate/output_number.hpp"
#include "validate/sample.hpp"

namespace nvfp4bench::validate {
namespace {

/// Sampled elements of which a match says little: zero, infinite, or any of several values under the widest
/// contract that a variant can declare.
int count_weak(const Problem& problem, const ProblemView& view, const std::vector<Place>& sample) {
  const Numerics widest{Accumulator::unknown_fp32, SiluTier::approx, true};
  ElementRows rows;
  int weak = 0;
  for (const Place& place : sample) {
    const GroupRules rules(view, view.groups[place.group], widest);
    rows.unpack_a(rules, place.row);
    rows.unpack_b(rules, place.row, place.n);
    const int64_t sum2 = problem.op == Op::gemm ? 0 : exact_sum(rows.a, rows.b2);
    const Bounded bounded = bound_element(rules, rows, exact_sum(rows.a, rows.b1), sum2);
    const double rounded = to_double(round_to_bits(bounded.y, problem.output), problem.output);
    weak += rounded == 0 || std::isinf(rounded) || is_wide(bounded, problem.output);
  }
  return weak;
}

TEST_CASE("no problem of the sets that gate CI comes near being mistrusted, whatever the variant") {
  for (const char* name : {"smoke.json", "correctness.json", "adversarial.json"}) {
    const std::filesystem::path configs = NVFP4BENCH_SOURCE_DIR "/configs";
    for (const Problem& problem : config::load_problem_set(configs / name)) {
      const data::Operands operands = data::generate(problem, 1);
      const ProblemView view = data::view(problem, operands);
      const std::vector<Place> sample = sample_places(view, 200, 1);
      CAPTURE(name, problem.name);
      CHECK(count_weak(problem, view, sample) * 4 <= std::ssize(sample));  // mistrusted above a half
    }
  }
}

}  // namespace
}  // namespace nvfp4bench::validate
