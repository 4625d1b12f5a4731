// Right kernels that sum in another order than ours, each with the contract closest to it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "simulated.hpp"

namespace nvfp4bench::validate {

struct OrderedKernel {
  std::string name;
  Numerics contract;
  Accumulate accumulate;
};

inline Numerics tree_of(SumTerm term, int lanes, int chain) {
  return {.accumulator = Accumulator::fp32_tree, .sum_tree = {.term = term, .lanes = lanes, .chain = chain}};
}

inline float add_shuffled(Terms terms) {
  std::vector<float> order(terms.begin(), terms.end());
  std::shuffle(order.begin(), order.end(), Random(terms.size()));
  return add_chain(order);
}

inline std::vector<OrderedKernel> ordered_kernels() {
  const auto chain = [](Terms terms) { return add_chain(terms); };
  const auto pairwise = [](Terms terms) { return add_pairwise(terms); };
  std::vector<OrderedKernel> kernels{
      {"FMA chain", tree_of(SumTerm::product, 1, 0), fma_chain},
      {"reverse products", tree_of(SumTerm::product, 1, 0), add_products_backwards},
      {"reverse blocks", tree_of(SumTerm::block, 1, 0),
       [](const UnpackedRow& a, const UnpackedRow& b) { return add_backwards(a, b, SumTerm::block); }},
      {"Ampere", {.accumulator = Accumulator::ampere_fp16_k8}, ampere},
      {"Hopper", {.accumulator = Accumulator::hopper_fp16_k16}, hopper_ascending},
      {"Blackwell", {.accumulator = Accumulator::blackwell_nvf4_k64}, blackwell_nvf4},
  };
  for (const SumTerm term : kSumTerms) {
    for (const int leaf : {1, 8, 128}) {
      kernels.push_back({fmt::format("pairwise {}s, leaves of {}", to_string(term), leaf),
                         tree_of(term, 1, leaf), [=](const UnpackedRow& a, const UnpackedRow& b) {
                           return add_pairwise(terms_of(a, b, term), static_cast<size_t>(leaf));
                         }});
    }
    for (const int lanes : {8, 16, 32}) {
      const auto in_lanes = [=](const auto& lane, const auto& merge) {
        return [=](const UnpackedRow& a, const UnpackedRow& b) {
          return add_in_lanes(terms_of(a, b, term), static_cast<size_t>(lanes), lane, merge);
        };
      };
      const std::string name = fmt::format("{} lanes of {}s", lanes, to_string(term));
      kernels.push_back({name, tree_of(term, lanes, 0), in_lanes(chain, chain)});
      kernels.push_back({name + ", folded", tree_of(term, lanes, 0), in_lanes(chain, pairwise)});
      kernels.push_back({name + ", shuffled", tree_of(term, lanes, 0), in_lanes(chain, add_shuffled)});
      kernels.push_back({name + ", pairwise", tree_of(term, lanes, 1), in_lanes(pairwise, pairwise)});
    }
  }
  const std::vector<OrderedKernel> whole = kernels;
  for (const OrderedKernel& kernel : whole) {
    for (const SplitK split : {SplitK{2, 64}, SplitK{4, 256}, SplitK{7, 16}}) {
      OrderedKernel in_parts = kernel;
      in_parts.name += fmt::format(", split in {}", split.parts);
      in_parts.contract.split_k = split;
      in_parts.accumulate = [split, accumulate = kernel.accumulate](const UnpackedRow& a,
                                                                    const UnpackedRow& b) {
        return add_split(a, b, split, accumulate);
      };
      kernels.push_back(std::move(in_parts));
    }
  }
  return kernels;
}

}  // namespace nvfp4bench::validate
