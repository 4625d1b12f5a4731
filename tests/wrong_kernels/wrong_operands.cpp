// Variants that compute the right thing from the wrong operands.
#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "nvfp4/scale_layout.hpp"
#include "wrong_kernels/wrong_kernels.hpp"

namespace nvfp4bench::wrong_kernels {
namespace {

constexpr std::string_view kReal = "cpu/fused_interleaved";

/// Copies of operands that a doctored problem points to.
using Copies = std::vector<std::vector<uint8_t>>;

using Doctor = void (*)(ProblemView& problem, Copies& copies);

class Doctored : public kernels::Kernel {
 public:
  Doctored(ProblemView problem, const kernels::Machine& machine, Doctor doctor) {
    doctor(problem, copies_);
    kernel_ = bind_real(kReal, problem, machine);
  }

  bool prepares_weights() const override { return kernel_->prepares_weights(); }
  void prepare_weights(kernels::RunContext& context) override { kernel_->prepare_weights(context); }
  int64_t workspace_bytes() const override { return kernel_->workspace_bytes(); }
  void run(kernels::RunContext& context) override { kernel_->run(context); }

 private:
  Copies copies_;
  std::unique_ptr<kernels::Kernel> kernel_;
};

struct DoctoredVariant : kernels::Variant {
  Doctor doctor = nullptr;
};

std::unique_ptr<kernels::Kernel> bind_doctored(const kernels::Variant& self, const ProblemView& problem,
                                               const kernels::Machine& machine) {
  return std::make_unique<Doctored>(problem, machine, static_cast<const DoctoredVariant&>(self).doctor);
}

std::string why_not(const kernels::Variant&, const Problem& problem, const kernels::Machine& machine) {
  return kernels::why_not(real(kReal), problem, machine);
}

constexpr DoctoredVariant doctored(std::string_view name, std::string_view summary, Doctor doctor) {
  DoctoredVariant variant;
  variant.name = name;
  variant.summary = summary;
  variant.numerics = {Accumulator::fp32_per_block, SiluTier::accurate, true};
  variant.why_not = why_not;
  variant.bind = bind_doctored;
  variant.doctor = doctor;
  return variant;
}

/// Points `bytes` to a copy of itself and returns that copy.
std::vector<uint8_t>& copy(const uint8_t*& bytes, int64_t size, Copies& copies) {
  auto& made = copies.emplace_back(bytes, bytes + size);
  bytes = made.data();
  return made;
}

void swap_weights(ProblemView& problem, Copies&) {
  for (GroupView& group : problem.groups) std::swap(group.b1, group.b2);
}

void swap_weights_once(ProblemView& problem, Copies&) {
  std::swap(problem.groups.back().b1, problem.groups.back().b2);
}

void swap_nibbles(GroupView& group, Copies& copies) {
  for (uint8_t& byte : copy(group.a.codes, group.l() * group.m() * group.k() / 2, copies)) {
    byte = static_cast<uint8_t>(byte << 4 | byte >> 4);
  }
}

void read_scales_in_linear_order(GroupView& group, Copies& copies) {
  const int64_t size = nvfp4::blocked_scale_bytes(group.m(), group.k());
  const uint8_t* original = group.a.scales;
  std::vector<uint8_t>& scales = copy(group.a.scales, group.l() * size, copies);
  for (int64_t l = 0; l < group.l(); ++l) {
    nvfp4::linear_to_blocked(original + l * size, group.m(), group.k(), scales.data() + l * size);
  }
}

void lose_last_k_tile(GroupView& group, Copies& copies) {
  constexpr int64_t kTileBytes = 32;  // 64 values
  const int64_t row_bytes = group.k() / 2;
  std::vector<uint8_t>& codes = copy(group.a.codes, group.l() * group.m() * row_bytes, copies);
  for (int64_t row = 0; row < group.l() * group.m(); ++row) {
    const int64_t lost = std::min(kTileBytes, row_bytes);
    std::fill_n(codes.begin() + (row + 1) * row_bytes - lost, lost, uint8_t{0});
  }
}

template <void (*doctor)(GroupView&, Copies&)>
void in_every_group(ProblemView& problem, Copies& copies) {
  for (GroupView& group : problem.groups) doctor(group, copies);
}

const DoctoredVariant kSwappedB1B2 =
    doctored("wrong/swapped_b1_b2", "silu on the up projection instead of the gate", swap_weights);
const DoctoredVariant kSwappedNibbles =
    doctored("wrong/swapped_nibbles", "even k of a in the high nibble", in_every_group<swap_nibbles>);
const DoctoredVariant kLinearScales =
    doctored("wrong/linear_scales", "scales of a read row by row, not in blocks",
             in_every_group<read_scales_in_linear_order>);
const DoctoredVariant kLastKTileLost = doctored(
    "wrong/last_k_tile_lost", "main loop one tile of 64 k too short", in_every_group<lose_last_k_tile>);
const DoctoredVariant kSwappedOnce =
    doctored("wrong/b1_b2_swapped_once", "b1 and b2 swapped in the last group", swap_weights_once);

}  // namespace

const kernels::Variant& b1_b2_swapped_once = kSwappedOnce;
const kernels::Variant& swapped_b1_b2 = kSwappedB1B2;
const kernels::Variant& swapped_nibbles = kSwappedNibbles;
const kernels::Variant& linear_scales = kLinearScales;
const kernels::Variant& last_k_tile_lost = kLastKTileLost;

}  // namespace nvfp4bench::wrong_kernels
