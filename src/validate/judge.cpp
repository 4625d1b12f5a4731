// Bounds cost as much as the products themselves, so they are computed where they matter alone: an element
// that is correctly rounded passes under every contract, and with a sound variant few elements are not.
#include "validate/judge.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "data/poison.hpp"
#include "validate/conclude.hpp"
#include "validate/element.hpp"
#include "validate/exact_group.hpp"
#include "validate/output_number.hpp"
#include "validate/sample.hpp"

namespace nvfp4bench::validate {
namespace {

/// The distribution of interval widths is measured on this many elements, more where there are many groups; 1.5 %
/// standard error at worst, 5 % in a group.
constexpr int64_t kWidthSample = 1000;

/// With more suspects than this share of a group, most are likely wrong: norms reject those cheaply, and a
/// row may have so many tight bounds until something in the group is known to be wrong.
constexpr double kHopelessShare = 1.0 / 16;
constexpr int64_t kBoundsPerHopelessRow = 32;

ExactGroup exact_group(const GroupRules& rules, const GroupReference& reference) {
  return {rules.epilogue, rules.group, reference};
}

/// The tight bound; `rows` is filled on the way, but for rows.a, which must be that of `row`.
Bounded tight_bound(const GroupRules& rules, const ExactGroup& exact, int64_t row, int64_t n,
                    ElementRows& rows) {
  const double y = exact.output(row, n);
  if (!std::isfinite(y)) return {y, 0};
  rows.unpack_b(rules, row, n);
  return bound_element(rules, rows, exact.sum1(row, n), exact.sum2(row, n));
}

/// What is found in one row of c. Rows are merged in order, whatever thread judged them.
struct RowFindings {
  std::vector<int64_t> suspects;  // n of elements that are not correctly rounded
  std::vector<int64_t> first;     // n of the first mismatches
  int64_t mismatches = 0;
  bool unsettled = false;  // some suspects may be mismatches too
  int64_t unwritten = 0;
  int64_t exact_nan = 0;
  int64_t exact_zero = 0;
  int64_t exact_inf = 0;
  double max_ulps = 0;
  double max_error_over_bound = 0;
};

void find_suspects(const GroupRules& rules, const ExactGroup& exact, int64_t row, RowFindings& findings) {
  const OutputType type = rules.epilogue.output;
  const int64_t columns = rules.group.n();
  for (int64_t n = 0; n < columns; ++n) {
    const double y = exact.output(row, n);
    const uint32_t got = load_bits(rules.group.c, row * columns + n, type);
    if (std::isnan(y)) {
      ++findings.exact_nan;
      if (!std::isnan(to_double(got, type))) findings.suspects.push_back(n);
      continue;
    }
    const uint32_t nearest = round_to_bits(y, type);
    findings.exact_zero += ordinal(nearest, type) == 0;
    findings.exact_inf += std::isinf(to_double(nearest, type));
    if (ordinal(got, type) != ordinal(nearest, type)) findings.suspects.push_back(n);
  }
}

/// Norms of the rows of a group, for bounds that are too large but cheap.
struct Norms {
  std::vector<double> a;   // [l][m]
  std::vector<double> b1;  // [l][n]
  std::vector<double> b2;

  static std::vector<double> of(const MatrixView& matrix, int threads) {
    std::vector<double> norms(static_cast<size_t>(matrix.l * matrix.rows));
#pragma omp parallel num_threads(threads)
    {
      UnpackedRow row;
#pragma omp for schedule(static)
      for (int64_t i = 0; i < matrix.l * matrix.rows; ++i) {
        row.unpack(matrix, i % matrix.rows, i / matrix.rows);
        norms[i] = row.norm();
      }
    }
    return norms;
  }

  Bounded bound(const GroupRules& rules, const ExactGroup& exact, int64_t row, int64_t n) const {
    const int64_t column = row / rules.group.m() * rules.group.n() + n;
    const auto error = [&](const std::vector<double>& b) {
      return b.empty() ? 0 : largest_accumulator_error(rules.numerics, rules.group.k(), a[row] * b[column]);
    };
    return bound_output(rules.epilogue, {exact.sum1(row, n), error(b1)}, {exact.sum2(row, n), error(b2)});
  }
};

/// `norms`: null, or what rejects cheaply; then only kBoundsPerHopelessRow suspects get tight bounds.
void judge_suspects(const GroupRules& rules, const ExactGroup& exact, const Norms* norms,
                    const JudgeOptions& options, int64_t row, ElementRows& rows, RowFindings& findings) {
  const OutputType type = rules.epilogue.output;
  int64_t tight_bounds = 0;
  rows.unpack_a(rules, row);
  for (const int64_t n : findings.suspects) {
    const int64_t i = row * rules.group.n() + n;
    const uint32_t got = load_bits(rules.group.c, i, type);
    const double y = exact.output(row, n);
    ElementVerdict verdict;
    // Cheap reasons to reject first: no bound excuses a NaN, and what even too large a bound rejects is
    // wrong.
    if (!std::isfinite(y) || std::isnan(to_double(got, type))) {
      verdict = judge_element(got, {y, 0}, type);
    } else {
      if (norms != nullptr) verdict = judge_element(got, norms->bound(rules, exact, row, n), type);
      if (norms == nullptr || verdict.accepted) {
        if (norms != nullptr && tight_bounds++ >= kBoundsPerHopelessRow) continue;
        verdict = judge_element(got, tight_bound(rules, exact, row, n, rows), type);
      }
    }
    findings.max_ulps = std::max(findings.max_ulps, verdict.ulps);
    findings.max_error_over_bound = std::max(findings.max_error_over_bound, verdict.error_over_bound);
    if (verdict.accepted) continue;
    ++findings.mismatches;
    findings.unwritten += data::holds_poison(rules.group.c, i, type, options.poison);
    if (std::ssize(findings.first) < options.keep) findings.first.push_back(n);
  }
  findings.unsettled = norms != nullptr && tight_bounds > kBoundsPerHopelessRow;
}

void judge_rows(const GroupRules& rules, const ExactGroup& exact, const Norms* norms,
                const JudgeOptions& options, std::vector<RowFindings>& findings) {
#pragma omp parallel num_threads(options.threads)
  {
    ElementRows rows;
#pragma omp for schedule(dynamic)
    for (int64_t row = 0; row < std::ssize(findings); ++row) {
      if (findings[row].suspects.empty()) continue;
      judge_suspects(rules, exact, norms, options, row, rows, findings[row]);
    }
  }
}

/// Adds what is found to `verdict`; what a match in the group proves, but for wide intervals.
GroupEvidence judge_group(const GroupRules& rules, const ExactGroup& exact, int64_t group,
                          const JudgeOptions& options, Verdict& verdict) {
  const int64_t num_rows = rules.rows();
  std::vector<RowFindings> findings(static_cast<size_t>(num_rows));
  int64_t suspects = 0;
#pragma omp parallel for num_threads(options.threads) schedule(dynamic) reduction(+ : suspects)
  for (int64_t row = 0; row < num_rows; ++row) {
    find_suspects(rules, exact, row, findings[row]);
    suspects += std::ssize(findings[row].suspects);
  }

  const bool hopeless =
      static_cast<double>(suspects) > kHopelessShare * static_cast<double>(rules.elements());
  Norms norms;
  if (hopeless) {
    norms.a = Norms::of(rules.group.a, options.threads);
    norms.b1 = Norms::of(rules.group.b1, options.threads);
    if (rules.epilogue.op != Op::gemm) norms.b2 = Norms::of(rules.group.b2, options.threads);
  }
  judge_rows(rules, exact, hopeless ? &norms : nullptr, options, findings);
  const bool none_wrong = std::all_of(findings.begin(), findings.end(),
                                      [](const RowFindings& found) { return found.mismatches == 0; });
  // Not hopeless after all: then every suspect gets its tight bound.
  if (hopeless && none_wrong) judge_rows(rules, exact, nullptr, options, findings);

  GroupEvidence evidence{.group = group, .checked = rules.elements()};
  ElementRows rows;
  for (int64_t row = 0; row < num_rows; ++row) {
    const RowFindings& found = findings[row];
    evidence.zero += found.exact_zero;
    evidence.saturated += found.exact_inf + found.exact_nan;
    verdict.mismatches += found.mismatches;
    verdict.more_mismatches |= found.unsettled;
    verdict.unwritten += found.unwritten;
    verdict.exact_nan += found.exact_nan;
    verdict.exact_zero += found.exact_zero;
    verdict.exact_inf += found.exact_inf;
    verdict.max_ulps = std::max(verdict.max_ulps, found.max_ulps);
    verdict.max_error_over_bound = std::max(verdict.max_error_over_bound, found.max_error_over_bound);
    for (const int64_t n : found.first) {
      if (std::ssize(verdict.first) >= options.keep) break;
      rows.unpack_a(rules, row);
      verdict.first.push_back(
          describe_mismatch(rules, group, row, n, tight_bound(rules, exact, row, n, rows)));
    }
  }
  return evidence;
}

/// Wide intervals among a sample of a group.
struct Widths {
  int64_t sampled = 0;
  int64_t wide = 0;
  int64_t wide_alone = 0;  // whose elements are not expected to be zero or infinite

  int64_t of(int64_t part, int64_t elements) const {
    if (sampled == 0) return 0;
    return std::llround(static_cast<double>(part) * static_cast<double>(elements) /
                        static_cast<double>(sampled));
  }
};

std::vector<Widths> sample_widths(const ProblemView& problem, const Reference& reference,
                                  const Numerics& numerics, int threads) {
  const std::vector<Place> sample = sample_places(problem, kWidthSample, 0);
  std::vector<Bounded> bounds(sample.size());
#pragma omp parallel num_threads(threads)
  {
    ElementRows rows;
#pragma omp for schedule(dynamic, 16)
    for (int64_t i = 0; i < std::ssize(sample); ++i) {
      const Place& place = sample[i];
      const GroupRules rules(problem, problem.groups[place.group], numerics);
      rows.unpack_a(rules, place.row);
      const ExactGroup exact = exact_group(rules, reference.groups[place.group]);
      bounds[i] = tight_bound(rules, exact, place.row, place.n, rows);
    }
  }
  std::vector<Widths> widths(problem.groups.size());
  for (size_t i = 0; i < sample.size(); ++i) {
    Widths& group = widths[sample[i].group];
    ++group.sampled;
    if (!std::isfinite(bounds[i].y) || !is_wide(bounds[i], problem.output)) continue;
    ++group.wide;
    group.wide_alone += weakness(bounds[i].y, problem.output) == Weakness::none;
  }
  return widths;
}

}  // namespace

Verdict judge(const ProblemView& problem, const Reference& reference, const Numerics& numerics,
              const JudgeOptions& options) {
  Verdict verdict;
  const std::vector<Widths> widths = sample_widths(problem, reference, numerics, options.threads);
  std::vector<GroupEvidence> groups;
  for (size_t g = 0; g < problem.groups.size(); ++g) {
    const GroupRules rules(problem, problem.groups[g], numerics);
    groups.push_back(judge_group(rules, exact_group(rules, reference.groups[g]), static_cast<int64_t>(g),
                                 options, verdict));
    const int64_t elements = rules.elements();
    verdict.elements += elements;
    verdict.wide += widths[g].of(widths[g].wide, elements);
    if (!options.sums_proven) groups.back().wide = widths[g].of(widths[g].wide_alone, elements);
  }
  verdict.checked = verdict.elements;
  conclude(verdict, problem.output, groups);
  return verdict;
}

}  // namespace nvfp4bench::validate
