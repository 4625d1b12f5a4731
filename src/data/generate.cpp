#include <algorithm>
#include <cstring>
#include <omp.h>
#include <span>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "data/fill.hpp"
#include "data/operands.hpp"
#include "nvfp4/scale_layout.hpp"

namespace nvfp4bench::data {
namespace {

using nvfp4::kScaleTileCols;
using nvfp4::kScaleTileRows;

/// 128 rows of one matrix: the unit of parallel work, because they share scale tiles.
struct Task {
  Matrix* matrix;
  RowId first_row;
};

Matrix allocate(int64_t rows, const Group& group) {
  return {rows, group.k, group.l, AlignedBuffer(static_cast<std::size_t>(rows * group.k / 2 * group.l)),
          AlignedBuffer(static_cast<std::size_t>(nvfp4::blocked_scale_bytes(rows, group.k) * group.l))};
}

void add_tasks(std::vector<Task>& tasks, Matrix& matrix, RowId id) {
  for (id.l = 0; id.l < matrix.l; ++id.l) {
    for (id.row = 0; id.row < matrix.rows; id.row += kScaleTileRows) tasks.push_back({&matrix, id});
  }
}

/// `linear_scales` is room for the scales of one row, rounded up to whole tiles.
void fill_rows(const FillInfo& fill, PadScales pad, const Task& task, std::span<uint8_t> linear_scales) {
  Matrix& matrix = *task.matrix;
  const int64_t blocks = matrix.k / kScaleBlock;
  const int64_t tiles = nvfp4::scale_tiles_per_row(matrix.k);
  RowId id = task.first_row;
  uint8_t* const codes = matrix.codes.data() + id.l * matrix.rows * matrix.k / 2;
  uint8_t* const scales = matrix.scales.data() + id.l * nvfp4::blocked_scale_bytes(matrix.rows, matrix.k);

  for (const int64_t end = id.row + kScaleTileRows; id.row < end; ++id.row) {
    // The padding along K is what nothing below touches.
    std::memset(linear_scales.data(), 0, linear_scales.size());
    if (id.row < matrix.rows) {
      fill.fill_row(id, blocks, codes + id.row * matrix.k / 2, linear_scales.data());
    } else {
      fill_padding_row(id, pad, blocks, linear_scales.data());
    }
    for (int64_t tile = 0; tile < tiles; ++tile) {
      const int64_t s = tile * kScaleTileCols;
      std::memcpy(scales + nvfp4::blocked_scale_offset(id.row, s, matrix.k), &linear_scales[s],
                  kScaleTileCols);
    }
  }
}

}  // namespace

Operands generate(const Problem& problem, int threads) {
  const FillInfo* const fill = find_fill(problem.fill);
  if (fill == nullptr) throw std::invalid_argument(fmt::format("there is no fill named '{}'", problem.fill));

  Operands operands;
  int64_t max_scales = 0;
  for (const Group& group : problem.groups) {
    operands.groups.push_back({allocate(group.m, group), allocate(group.n, group),
                               problem.op == Op::gemm ? Matrix{} : allocate(group.n, group),
                               group.alpha1.value_or(fill->default_alpha(group.k)),
                               group.alpha2.value_or(fill->default_alpha(group.k))});
    max_scales = std::max(max_scales, nvfp4::scale_tiles_per_row(group.k) * kScaleTileCols);
  }

  std::vector<Task> tasks;
  for (std::size_t g = 0; g < operands.groups.size(); ++g) {
    GroupOperands& group = operands.groups[g];
    const auto index = static_cast<int64_t>(g);
    add_tasks(tasks, group.a, {.seed = problem.seed, .group = index, .tensor = Tensor::a});
    add_tasks(tasks, group.b1, {.seed = problem.seed, .group = index, .tensor = Tensor::b1});
    add_tasks(tasks, group.b2, {.seed = problem.seed, .group = index, .tensor = Tensor::b2});
  }

  std::vector<std::vector<uint8_t>> rows(static_cast<std::size_t>(threads),
                                         std::vector<uint8_t>(static_cast<std::size_t>(max_scales)));
#pragma omp parallel for num_threads(threads) schedule(dynamic)
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    std::vector<uint8_t>& row = rows[static_cast<std::size_t>(omp_get_thread_num())];
    const auto used =
        static_cast<std::size_t>(nvfp4::scale_tiles_per_row(tasks[t].matrix->k) * kScaleTileCols);
    fill_rows(*fill, problem.pad_scales, tasks[t], std::span(row).first(used));
  }
  return operands;
}

ProblemView view(const Problem& problem, const Operands& operands) {
  ProblemView view{problem.op, problem.output, {}};
  for (const GroupOperands& group : operands.groups) {
    view.groups.push_back(
        {group.a.view(), group.b1.view(), group.b2.view(), group.alpha1, group.alpha2, nullptr});
  }
  return view;
}

}  // namespace nvfp4bench::data
