// Deliberately wrong variants, one for each bug that the tool must see. Some bind a real variant to doctored
// operands, or doctor its output, so that they run at full speed on real problems; the others alter a step of a
// plain, slow kernel (direct.hpp).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "kernels/variant.hpp"
#include "wrong_kernels/direct.hpp"
#include "wrong_kernels/expectation.hpp"

namespace nvfp4bench::wrong_kernels {

/// In the order of report. They live as long as the program.
std::span<const kernels::Variant* const> variants();

/// Every wrong variant that a CPU runs, and how it must end. (wrong/refuses_work runs nothing.)
const std::vector<Case>& cases();

/// A real variant by name; it must exist.
const kernels::Variant& real(std::string_view name);

std::unique_ptr<kernels::Kernel> bind_real(std::string_view name, const ProblemView& problem,
                                           const kernels::Machine& machine);

extern const kernels::Variant gemm_only;
extern const kernels::Variant& swapped_b1_b2;
extern const kernels::Variant& swapped_nibbles;
extern const kernels::Variant& linear_scales;
extern const kernels::Variant& last_k_tile_lost;
extern const kernels::Variant& b1_b2_swapped_once;
extern const kernels::Variant one_element_skipped;
extern const kernels::Variant nan_everywhere;
extern const kernels::Variant writes_outside;
extern const kernels::Variant throws;
extern const kernels::Variant refuses_work;
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
