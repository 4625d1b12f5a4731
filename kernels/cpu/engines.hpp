// The engines of this build: one source file each, x86 ones only on x86.
#pragma once

#include "kernels/cpu/engine.hpp"

namespace nvfp4bench::kernels::cpu {

extern const Engine kPortableEngine;
extern const Engine kAvx2Engine;
extern const Engine kAvx512VnniEngine;

}  // namespace nvfp4bench::kernels::cpu
