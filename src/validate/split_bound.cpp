#include "validate/split_bound.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "validate/accumulator_bound.hpp"
#include "validate/fp32_bits.hpp"
#include "validate/merge_bound.hpp"

namespace nvfp4bench::validate {

double split_error(const Numerics& numerics, const RowView& a, const RowView& b) {
  Numerics of_part = numerics;
  of_part.split_k = {};
  const auto part_k = static_cast<size_t>(numerics.split_k.part_k(static_cast<int64_t>(a.k())));
  std::vector<int64_t> sums;
  double error = 0;
  int64_t bits = 0;  // of all terms: no accumulator makes finer ones
  for (size_t first = 0; first < a.k(); first += part_k) {
    const RowView part_a = a.range(first, part_k);
    const RowView part_b = b.range(first, part_k);
    sums.push_back(exact_sum(part_a, part_b));
    error += accumulator_error(of_part, part_a, part_b);
    for (size_t i = 0; i < part_a.k(); ++i) bits |= int64_t{part_a.value(i)} * part_b.value(i);
  }
  return merged_error(sums, error, lowest_bit(bits));
}

}  // namespace nvfp4bench::validate
