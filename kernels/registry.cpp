#include "kernels/registry.hpp"

namespace nvfp4bench::kernels {

#define VARIANT(target, idea) \
  namespace target {          \
  extern const Variant idea;  \
  }
#include "kernels/variants.def"
#undef VARIANT

std::span<const Variant* const> variants() {
  static constexpr const Variant* kVariants[] = {
#define VARIANT(target, idea) &target::idea,
#include "kernels/variants.def"
#undef VARIANT
  };
  return kVariants;
}

}  // namespace nvfp4bench::kernels
