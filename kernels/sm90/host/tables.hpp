// The tables that the sm90 kernel reads, made on the host from a problem.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/sm90/device/arguments.hpp"
#include "kernels/sm90/plan/schedule.hpp"
#include "kernels/sm90/plan/shape.hpp"
#include "model/views.hpp"

namespace nvfp4bench::kernels::sm90 {

/// One GEMM of a problem: a group that has tokens, at one batch index. Its place in this list is its number in
/// every table.
struct BatchedGroup {
  const GroupView* group = nullptr;
  int64_t l = 0;
  ProductShape size;
};
/// They point into `problem`.
std::vector<BatchedGroup> batched_groups(const ProblemView& problem);

std::vector<ProductShape> sizes_of(std::span<const BatchedGroup> groups);

/// Tokens of all, expanded.
uint64_t token_bytes(std::span<const BatchedGroup> groups);

/// `tokens` is the workspace of token_bytes(groups). No product has jobs yet.
std::vector<Product> make_products(std::span<const BatchedGroup> groups, OutputType output,
                                   const Shape& shape, uint8_t* tokens);

/// The shares of `blocks` blocks in expanding the tokens. Counts each product's jobs.
std::vector<ExpandJob> make_expand_jobs(std::span<const BatchedGroup> groups, uint32_t blocks,
                                        std::span<Product> products);

}  // namespace nvfp4bench::kernels::sm90
