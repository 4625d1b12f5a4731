#include "validate/element.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "validate/output_number.hpp"

namespace nvfp4bench::validate {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// An interval of more values than this lets too many wrong results through: with 4, a random wrong value of
/// the right magnitude still fails more than 99 times in 100.
constexpr int64_t kMostValues = 4;
/// fp32 has 13 bits more than fp16; an fp32 output is trusted as far as an fp16 one would be.
constexpr int64_t kMostFp32Values = kMostValues << 13;

/// The distance from |value|, which is finite, to the next larger number that the type would have.
double ulp(uint32_t bits, OutputType type) {
  const uint32_t sign = type == OutputType::f32 ? 0x8000'0000u : 0x8000u;
  const uint32_t magnitude = bits & ~sign;
  const double next = to_double(magnitude + 1, type);
  const double value = to_double(magnitude, type);
  return std::isfinite(next) ? next - value : value - to_double(magnitude - 1, type);
}

/// The share of the error that explains what is left of |got - y| after the final rounding. Never NaN: no
/// error is needed where nothing is left.
double share_of_error(uint32_t got_bits, const Bounded& bounded, OutputType type) {
  const double got = to_double(got_bits, type);
  if (!std::isfinite(got)) return kInfinity;
  const double beyond_rounding = std::abs(got - bounded.y) - ulp(got_bits, type) / 2;
  return beyond_rounding > 0 ? beyond_rounding / bounded.error : 0;
}

}  // namespace

void ElementRows::unpack_a(const GroupRules& rules, int64_t row) {
  a.unpack(rules.group.a, row % rules.group.m(), row / rules.group.m());
}

void ElementRows::unpack_b(const GroupRules& rules, int64_t row, int64_t n) {
  const int64_t l = row / rules.group.m();
  b1.unpack(rules.group.b1, n, l);
  if (rules.epilogue.op != Op::gemm) b2.unpack(rules.group.b2, n, l);
}

Bounded bound_element(const GroupRules& rules, const ElementRows& rows, int64_t sum1, int64_t sum2) {
  const Accumulated acc1{sum1, accumulator_error(rules.numerics, rows.a, rows.b1)};
  if (rules.epilogue.op == Op::gemm) return bound_output(rules.epilogue, acc1, {});
  return bound_output(rules.epilogue, acc1, {sum2, accumulator_error(rules.numerics, rows.a, rows.b2)});
}

ElementVerdict judge_element(uint32_t got_bits, const Bounded& bounded, OutputType type) {
  const double got = to_double(got_bits, type);
  if (std::isnan(bounded.y)) {
    const double off = std::isnan(got) ? 0 : kInfinity;
    return {std::isnan(got), off, off};
  }

  ElementVerdict verdict;
  verdict.accepted = AcceptedInterval(bounded, type).accepts(got_bits);
  const uint32_t nearest = round_to_bits(bounded.y, type);
  verdict.ulps = std::isnan(got)
                     ? kInfinity
                     : std::abs(static_cast<double>(ordinal(got_bits, type) - ordinal(nearest, type)));
  if (verdict.ulps == 0) return verdict;

  // At the edge of a binade two ulps meet: the interval decides, the share follows.
  const double share = share_of_error(got_bits, bounded, type);
  verdict.error_over_bound =
      verdict.accepted ? std::min(share, 1.0) : std::max(share, std::nextafter(1.0, 2.0));
  return verdict;
}

Weakness weakness(double y, OutputType type) {
  if (std::isnan(y)) return Weakness::nan;
  const uint32_t nearest = round_to_bits(y, type);
  if (ordinal(nearest, type) == 0) return Weakness::zero;
  return std::isinf(to_double(nearest, type)) ? Weakness::infinite : Weakness::none;
}

bool is_wide(const Bounded& bounded, OutputType type) {
  return AcceptedInterval(bounded, type).width() > (type == OutputType::f32 ? kMostFp32Values : kMostValues);
}

Mismatch describe_mismatch(const GroupRules& rules, int64_t group, int64_t row, int64_t n,
                           const Bounded& bounded) {
  const OutputType type = rules.epilogue.output;
  const uint32_t got_bits = load_bits(rules.group.c, row * rules.group.n() + n, type);
  const AcceptedInterval interval(bounded, type);
  Mismatch mismatch;
  mismatch.group = group;
  mismatch.l = row / rules.group.m();
  mismatch.m = row % rules.group.m();
  mismatch.n = n;
  mismatch.exact = bounded.y;
  mismatch.low = std::isnan(bounded.y) ? bounded.y : interval.low();
  mismatch.high = std::isnan(bounded.y) ? bounded.y : interval.high();
  mismatch.got = to_double(got_bits, type);
  mismatch.ulps = judge_element(got_bits, bounded, type).ulps;
  return mismatch;
}

}  // namespace nvfp4bench::validate
