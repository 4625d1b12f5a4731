#include "kernels/cpu/engines.hpp"

namespace nvfp4bench::kernels::cpu {

const Engine& engine(Isa isa) {
  switch (isa) {
#ifdef __x86_64__
    case Isa::avx2:
      return kAvx2Engine;
    case Isa::avx512vnni:
      return kAvx512VnniEngine;
#endif
    default:
      return kPortableEngine;
  }
}

}  // namespace nvfp4bench::kernels::cpu
