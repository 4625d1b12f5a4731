#include "kernels/cpu/idle_memory.hpp"

#include "catch.hpp"
#include "nvfp4/isa_support.hpp"

/// LLVM's OpenMP lets go of its table of threads when that grows: the leak sanitizer is told.
extern "C" const char* __lsan_default_suppressions() { return "leak:libomp.so"; }

namespace nvfp4bench::kernels::cpu {

TEST_CASE(
    "memory to read is as long as was asked, in whole lines for every thread, and none of it untouched") {
  for (const int threads : {1, 2, 7}) {
    const IdleMemory memory(1'000'000, threads);
    CHECK(memory.bytes() >= 1'000'000 - 64 * threads);
    CHECK(memory.share_bytes() % 64 == 0);
    for (int thread = 0; thread < threads; ++thread) {
      CHECK(memory.share(thread)[0] != 0);
      CHECK(memory.share(thread)[memory.share_bytes() - 1] != 0);
    }
    for (const Isa isa : kIsas) {
      if (nvfp4::why_not(isa).empty()) memory.read(engine(isa));
    }
  }
}

}  // namespace nvfp4bench::kernels::cpu
