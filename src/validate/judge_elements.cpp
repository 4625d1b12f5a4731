#include "validate/judge_elements.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/poison.hpp"
#include "validate/conclude.hpp"
#include "validate/element.hpp"
#include "validate/output_number.hpp"
#include "validate/unpacked_row.hpp"

namespace nvfp4bench::validate {
namespace {

/// Tight bounds are dear: suspects get them in lots, and once a lot has shown so many to be wrong, no more do.
constexpr std::size_t kLot = 4096;
constexpr int64_t kEnoughWrong = 100;

Bounded exact_value(const GroupRules& rules, const ExactElement& element) {
  if (element.nan) return {std::numeric_limits<double>::quiet_NaN(), 0};
  return {exact_output(rules.epilogue, element.sum1, element.sum2), 0};
}

/// The tight bound, where it matters.
Bounded bounded(const GroupRules& rules, const ExactElement& element, ElementRows& rows) {
  const Bounded exact = exact_value(rules, element);
  if (!std::isfinite(exact.y)) return exact;
  rows.unpack_a(rules, element.place.row);
  rows.unpack_b(rules, element.place.row, element.place.n);
  return bound_element(rules, rows, element.sum1, element.sum2);
}

int64_t index_of(const GroupRules& rules, const Place& place) {
  return place.row * rules.group.n() + place.n;
}

bool correctly_rounded(uint32_t got, double y, OutputType type) {
  if (std::isnan(y)) return std::isnan(to_double(got, type));
  return ordinal(got, type) == ordinal(round_to_bits(y, type), type);
}

/// Elements that are not correctly rounded, by index.
void judge_suspects(const ProblemView& problem, std::span<const ExactElement> elements,
                    std::span<const std::size_t> suspects, const Numerics& numerics,
                    const JudgeOptions& options, Verdict& verdict) {
  const OutputType type = problem.output;
  std::vector<ElementVerdict> judged(suspects.size());
#pragma omp parallel num_threads(options.threads)
  {
    ElementRows rows;
#pragma omp for schedule(dynamic, 16)
    for (std::size_t s = 0; s < suspects.size(); ++s) {
      const ExactElement& element = elements[suspects[s]];
      const GroupRules rules(problem, problem.groups[element.place.group], numerics);
      const uint32_t got = load_bits(rules.group.c, index_of(rules, element.place), type);
      judged[s] = judge_element(got, bounded(rules, element, rows), type);
    }
  }
  ElementRows rows;
  for (std::size_t s = 0; s < suspects.size(); ++s) {
    verdict.max_ulps = std::max(verdict.max_ulps, judged[s].ulps);
    verdict.max_error_over_bound = std::max(verdict.max_error_over_bound, judged[s].error_over_bound);
    if (judged[s].accepted) continue;
    const ExactElement& element = elements[suspects[s]];
    const GroupRules rules(problem, problem.groups[element.place.group], numerics);
    ++verdict.mismatches;
    verdict.unwritten +=
        data::holds_poison(rules.group.c, index_of(rules, element.place), type, options.poison);
    if (std::ssize(verdict.first) < options.keep)
      verdict.first.push_back(describe_mismatch(rules, element.place.group, element.place.row,
                                                element.place.n, bounded(rules, element, rows)));
  }
}

}  // namespace

ExactElement exact_element(const ProblemView& problem, const Reference& reference, const Place& place) {
  const GroupView& group = problem.groups[place.group];
  const GroupReference& exact = reference.groups[place.group];
  const bool dual = problem.op != Op::gemm;
  const int64_t i = place.row * group.n() + place.n;
  const int64_t column = place.row / group.m() * group.n() + place.n;  // [l][n]
  return {place, exact.acc1[i], dual ? exact.acc2[i] : 0,
          exact.a_nan[place.row] || exact.b1_nan[column] || (dual && exact.b2_nan[column])};
}

std::vector<ExactElement> compute_exact_elements(const ProblemView& problem, std::span<const Place> places,
                                                 int threads) {
  std::vector<ExactElement> elements(places.size());
#pragma omp parallel num_threads(threads)
  {
    ElementRows rows;
#pragma omp for schedule(dynamic, 16)
    for (std::size_t i = 0; i < places.size(); ++i) {
      const Place& place = places[i];
      const GroupRules rules(problem, problem.groups[place.group], {});
      rows.unpack_a(rules, place.row);
      rows.unpack_b(rules, place.row, place.n);
      elements[i] = {place, exact_sum(rows.a, rows.b1),
                     problem.op == Op::gemm ? 0 : exact_sum(rows.a, rows.b2), rows.nan()};
    }
  }
  return elements;
}

Verdict judge_elements(const ProblemView& problem, std::span<const ExactElement> elements,
                       const Numerics& numerics, const JudgeOptions& options) {
  const OutputType type = problem.output;
  std::vector<uint8_t> suspected(elements.size());
#pragma omp parallel for num_threads(options.threads) schedule(static)
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const GroupView& group = problem.groups[elements[i].place.group];
    const GroupRules rules(problem, group, numerics);
    const uint32_t got = load_bits(group.c, index_of(rules, elements[i].place), type);
    suspected[i] = !correctly_rounded(got, exact_value(rules, elements[i]).y, type);
  }
  std::vector<std::size_t> suspects;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (suspected[i]) suspects.push_back(i);
  }
  Verdict verdict{.elements = std::ssize(elements), .checked = std::ssize(elements)};
  for (std::size_t lot = 0; lot < suspects.size(); lot += kLot) {
    const std::size_t end = std::min(lot + kLot, suspects.size());
    judge_suspects(problem, elements, std::span(suspects).subspan(lot, end - lot), numerics, options,
                   verdict);
    verdict.more_mismatches = end < suspects.size() && verdict.mismatches >= kEnoughWrong;
    if (verdict.more_mismatches) break;
  }
  conclude(verdict, type, {});
  return verdict;
}

}  // namespace nvfp4bench::validate
