// Two bounds of what is lost within the lanes; the smaller one holds. u = 2^-24, terms t_i in units of 2^-20.
//
// By depth. A term passes at most d additions on its way, each a factor of 1 + delta, |delta| <= u: so the
// error is at most gamma_d sum|t_i|, gamma_d = d u / (1 - d u) (Higham, Accuracy and Stability of Numerical
// Algorithms, sections 3.1 and 4.2). It knows nothing of the data but sum|t_i|.
//
// By bits. An addition loses something only where its result needs bits finer than the spacing of fp32 there,
// and then, by rounding, has no such bits any more. Give every term the power of two that divides it, its
// grain. A computed partial sum is a multiple of the finest grain of its terms: true of the terms, and kept by
// this rule: where an addition rounds to a spacing of s, the terms below it whose grain is finer than s get the
// grain s. There is one, or nothing would be lost (a multiple of s below 2^24 s is an fp32 number). So charge
// the loss, at most s / 2, to one of those: a term is charged for growing powers of two s, each at least twice
// its grain g and at most the spacing q at the largest partial sum, hence at most 1/2 (2g + 4g + ... + q) =
// q - g in all. The error is at most the sum of max(0, q - g_i), whatever the tree.
// A lane adds neighbours only, so its partial sums are differences of two prefix sums: at most the range of
// those, and what was lost. As in merge_bound.cpp, q is where that no longer moves.
//
// Data of a few binades have few terms finer than q, and depth does not matter to those; data of one sign or
// of many binades have large q, and depth decides.
#include "validate/tree_bound.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "validate/fp32_bits.hpp"
#include "validate/merge_bound.hpp"
#include "validate/outward.hpp"

namespace nvfp4bench::validate {
namespace {

/// Prefix sums of a lane: their last, and their extremes.
struct Lane {
  int64_t sum = 0;
  int64_t lowest = 0;
  int64_t highest = 0;
};

class Lanes {
 public:
  explicit Lanes(size_t count) : lanes_(count) {}

  void add(int64_t term) {
    Lane& lane = lanes_[next_];
    next_ = next_ + 1 == lanes_.size() ? 0 : next_ + 1;
    if (term == 0) return;
    lane.sum += term;
    lane.lowest = std::min(lane.lowest, lane.sum);
    lane.highest = std::max(lane.highest, lane.sum);
    ++grains_[std::countr_zero(static_cast<uint64_t>(term))];
    bits_ |= term;
    abs_sum_ += std::abs(static_cast<double>(term));
  }

  double error_by_depth(int64_t depth) const {
    const double first_order = static_cast<double>(depth) * 0x1p-24;
    if (first_order >= 1) return std::numeric_limits<double>::infinity();
    return first_order / (1 - first_order) * abs_sum_ * kOutward;
  }

  double error_by_bits() const {
    double range = 0;
    for (const Lane& lane : lanes_)
      range = std::max(range, static_cast<double>(lane.highest) - static_cast<double>(lane.lowest));
    double lost = 0;
    for (double assumed = -1; assumed != lost;) {
      assumed = lost;
      lost = finer_than(spacing((range + assumed) * kOutward)) * kOutward;
    }
    return lost;
  }

  std::vector<int64_t> sums() const {
    std::vector<int64_t> sums;
    for (const Lane& lane : lanes_) sums.push_back(lane.sum);
    return sums;
  }
  /// Divides all terms.
  double unit() const { return lowest_bit(bits_); }

 private:
  /// The sum of max(0, q - grain).
  double finer_than(double q) const {
    double sum = 0;
    double grain = 1;
    for (const int64_t count : grains_) {
      if (grain >= q) break;
      sum += static_cast<double>(count) * (q - grain);
      grain *= 2;
    }
    return sum;
  }

  std::vector<Lane> lanes_;
  size_t next_ = 0;
  std::array<int64_t, 64> grains_{};  // how many terms have the grain 2^i
  int64_t bits_ = 0;
  double abs_sum_ = 0;
};

}  // namespace

double tree_error(const SumTree& tree, const RowView& a, const RowView& b) {
  const auto k = static_cast<int64_t>(a.k());
  Lanes lanes(static_cast<size_t>(std::min<int64_t>(tree.lanes, tree.terms(k))));
  if (tree.term == SumTerm::block) {
    for (size_t block = 0; block < a.scales.size(); ++block) lanes.add(block_sum(a, b, block));
  } else {
    for (size_t i = 0; i < a.k(); ++i) lanes.add(int64_t{a.value(i)} * b.value(i));
  }
  const double error = std::min(lanes.error_by_depth(tree.lane_depth(k)), lanes.error_by_bits());
  return merged_error(lanes.sums(), error, lanes.unit());
}

}  // namespace nvfp4bench::validate
