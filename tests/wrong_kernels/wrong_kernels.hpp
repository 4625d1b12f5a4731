// Deliberately wrong variants, one for each bug that the judge must see. Each binds a real variant to
// doctored operands, or doctors its output, so that it runs at full speed on real problems.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "kernels/variant.hpp"

namespace nvfp4bench::wrong_kernels {

/// In the order of report. They live as long as the program.
std::span<const kernels::Variant* const> variants();

/// A real variant by name; it must exist.
const kernels::Variant& real(std::string_view name);

std::unique_ptr<kernels::Kernel> bind_real(std::string_view name, const ProblemView& problem,
                                           const kernels::Machine& machine);

extern const kernels::Variant gemm_only;
extern const kernels::Variant& swapped_b1_b2;
extern const kernels::Variant& swapped_nibbles;
extern const kernels::Variant& linear_scales;
extern const kernels::Variant& last_k_tile_lost;
extern const kernels::Variant one_element_skipped;
extern const kernels::Variant nan_everywhere;
extern const kernels::Variant writes_outside;
extern const kernels::Variant throws;
/// Right results, and then a deed that their process has to bear.
std::vector<const kernels::Variant*> ill_mannered();
/// Right results only while operands stay as they are, or only sometimes.
std::span<const kernels::Variant* const> cheats();
// With CUDA only.
extern const kernels::Variant gpu_faults;
extern const kernels::Variant gpu_hangs;
const kernels::Variant& gpu_overwrites();
const kernels::Variant& gpu_keeps();

}  // namespace nvfp4bench::wrong_kernels
