#include "kernels/cpu/engines.hpp"

namespace nvfp4bench::kernels::cpu {

const Engine& engine(nvfp4::Isa isa) {
  switch (isa) {
#ifdef __x86_64__
    case nvfp4::Isa::avx2:
      return kAvx2Engine;
    case nvfp4::Isa::avx512vnni:
      return kAvx512VnniEngine;
#endif
    default:
      return kPortableEngine;
  }
}

}  // namespace nvfp4bench::kernels::cpu
