#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "data/poison.hpp"
#include "validate/conclude.hpp"
#include "validate/element.hpp"
#include "validate/judge.hpp"
#include "validate/output_number.hpp"
#include "validate/sample.hpp"

namespace nvfp4bench::validate {
namespace {

/// Elements that still hold the poison are judged one by one up to this many; where some of them are wrong,
/// the others count as wrong too.
constexpr int64_t kMostPoisonJudged = 1000;

struct PoisonScan {
  std::vector<Place> first;  // the first kMostPoisonJudged
  int64_t total = 0;
};

PoisonScan scan_for_poison(const ProblemView& problem, std::optional<uint32_t> poison) {
  PoisonScan scan;
  for (size_t g = 0; g < problem.groups.size(); ++g) {
    const GroupView& group = problem.groups[g];
    for (int64_t i = 0; i < group.l() * group.m() * group.n(); ++i) {
      if (!data::holds_poison(group.c, i, problem.output, poison)) continue;
      ++scan.total;
      if (std::ssize(scan.first) < kMostPoisonJudged) {
        scan.first.push_back({static_cast<int64_t>(g), i / group.n(), i % group.n()});
      }
    }
  }
  return scan;
}

struct Judged {
  Bounded bounded;
  ElementVerdict verdict;
  bool poisoned = false;
};

Judged judge_place(const GroupRules& rules, const Place& place, std::optional<uint32_t> poison,
                   ElementRows& rows) {
  const OutputType type = rules.epilogue.output;
  const int64_t i = place.row * rules.group.n() + place.n;
  Judged judged;
  rows.unpack_a(rules, place.row);
  rows.unpack_b(rules, place.row, place.n);
  if (rows.nan()) {
    judged.bounded.y = std::numeric_limits<double>::quiet_NaN();
  } else {
    const int64_t sum2 = rules.epilogue.op == Op::gemm ? 0 : exact_sum(rows.a, rows.b2);
    judged.bounded = bound_element(rules, rows, exact_sum(rows.a, rows.b1), sum2);
    if (!std::isfinite(judged.bounded.y)) judged.bounded.error = 0;
  }
  judged.verdict = judge_element(load_bits(rules.group.c, i, type), judged.bounded, type);
  judged.poisoned = data::holds_poison(rules.group.c, i, type, poison);
  return judged;
}

}  // namespace

Verdict judge_sample(const ProblemView& problem, const Numerics& numerics, const JudgeOptions& options,
                     int64_t count, uint64_t seed) {
  const PoisonScan poison = scan_for_poison(problem, options.poison);
  std::vector<Place> places = sample_places(problem, count, seed);
  places.insert(places.end(), poison.first.begin(), poison.first.end());
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());

  std::vector<Judged> judged(places.size());
#pragma omp parallel num_threads(options.threads)
  {
    ElementRows rows;
#pragma omp for schedule(dynamic, 16)
    for (int64_t i = 0; i < std::ssize(places); ++i) {
      const GroupRules rules(problem, problem.groups[places[i].group], numerics);
      judged[i] = judge_place(rules, places[i], options.poison, rows);
    }
  }

  Verdict verdict;
  verdict.checked = std::ssize(places);
  std::vector<GroupEvidence> groups(problem.groups.size());
  for (size_t g = 0; g < groups.size(); ++g) {
    const GroupView& group = problem.groups[g];
    verdict.elements += group.l() * group.m() * group.n();
    groups[g].group = static_cast<int64_t>(g);
  }
  for (size_t i = 0; i < places.size(); ++i) {
    const auto& [bounded, element, poisoned] = judged[i];
    const GroupRules rules(problem, problem.groups[places[i].group], numerics);
    const Weakness weak = weakness(bounded.y, problem.output);
    const bool wide = std::isfinite(bounded.y) && is_wide(bounded, problem.output);
    verdict.exact_nan += weak == Weakness::nan;
    verdict.exact_zero += weak == Weakness::zero;
    verdict.exact_inf += weak == Weakness::infinite;
    verdict.wide += wide;
    GroupEvidence& evidence = groups[places[i].group];
    ++evidence.checked;
    evidence.zero += weak == Weakness::zero;
    evidence.saturated += weak == Weakness::nan || weak == Weakness::infinite;
    evidence.wide += wide && weak == Weakness::none && !options.sums_proven;
    verdict.max_ulps = std::max(verdict.max_ulps, element.ulps);
    verdict.max_error_over_bound = std::max(verdict.max_error_over_bound, element.error_over_bound);
    if (element.accepted) continue;
    ++verdict.mismatches;
    verdict.unwritten += poisoned;
    if (std::ssize(verdict.first) < options.keep) {
      verdict.first.push_back(describe_mismatch(rules, places[i].group, places[i].row, places[i].n, bounded));
    }
  }
  if (verdict.unwritten > 0) {
    const int64_t unjudged = poison.total - std::ssize(poison.first);
    verdict.checked += unjudged;
    verdict.mismatches += unjudged;
    verdict.unwritten += unjudged;
  }
  conclude(verdict, problem.output, groups);
  return verdict;
}

}  // namespace nvfp4bench::validate
