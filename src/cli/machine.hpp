// The machine as commands see it.
#pragma once

#include "kernels/variant.hpp"

namespace nvfp4bench::cli {

inline kernels::Machine make_machine(nvfp4::Isa isa, int threads) {
  return {.isa = isa, .isa_why_not = nvfp4::why_not(isa), .threads = threads};
}

}  // namespace nvfp4bench::cli
