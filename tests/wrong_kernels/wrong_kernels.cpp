#include "wrong_kernels/wrong_kernels.hpp"

#include <stdexcept>
#include <string>

#include "kernels/registry.hpp"

namespace nvfp4bench::wrong_kernels {

std::span<const kernels::Variant* const> variants() {
  static const std::vector<const kernels::Variant*> kVariants = [] {
    std::vector<const kernels::Variant*> all = {
        &gemm_only,           &swapped_b1_b2,  &swapped_nibbles,  &linear_scales, &last_k_tile_lost,
        &one_element_skipped, &nan_everywhere, &writes_outside,   &throws,
#ifdef NVFP4BENCH_HAS_CUDA
        &gpu_faults,          &gpu_hangs,      &gpu_overwrites(), &gpu_keeps(),
#endif
    };
    const std::vector<const kernels::Variant*> more = ill_mannered();
    all.insert(all.end(), more.begin(), more.end());
    all.insert(all.end(), cheats().begin(), cheats().end());
    return all;
  }();
  return kVariants;
}

const kernels::Variant& real(std::string_view name) {
  for (const kernels::Variant* variant : kernels::variants()) {
    if (variant->name == name) return *variant;
  }
  throw std::logic_error("no variant " + std::string(name));
}

std::unique_ptr<kernels::Kernel> bind_real(std::string_view name, const ProblemView& problem,
                                           const kernels::Machine& machine) {
  const kernels::Variant& variant = real(name);
  return variant.bind(variant, problem, machine);
}

}  // namespace nvfp4bench::wrong_kernels
