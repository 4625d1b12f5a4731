#include "kernels/cpu/ceiling.hpp"

#include <omp.h>

#include "catch.hpp"
#include "nvfp4/isa_support.hpp"

namespace nvfp4bench {

TEST_CASE("ceilings are rates that a CPU can have, on every instruction set here") {
  for (Isa isa : kIsas) {
    if (!nvfp4::why_not(isa).empty()) continue;
    CAPTURE(to_string(isa));
    const Ceilings peak = kernels::cpu::measure_ceiling(isa, 2);
    CHECK(peak.bytes_per_s > 1e8);
    CHECK(peak.bytes_per_s < 1e13);
    CHECK(peak.spread.value() >= 0);
    CHECK(peak.spread.value() <= 1);
    CHECK_FALSE(peak.caches.empty());
    double farther = peak.bytes_per_s;
    for (auto cache = peak.caches.rbegin(); cache != peak.caches.rend(); ++cache) {
      CHECK(cache->bytes > 0);
      CHECK(cache->bytes_per_s >= farther);
      farther = cache->bytes_per_s;
    }
    CHECK(farther < 1e13);
    CHECK(peak.flops_per_s > 1e8);
    // A compiler that had removed the multiply-adds would show thousands of them a cycle.
    CHECK(peak.flops_per_s < 2 * 2 * 512 * 6e9);
  }
}

TEST_CASE("more threads than processors have no higher ceiling than these") {
  test::skip_under_sanitizers("the runtime of OpenMP keeps what it made for so many threads");
  const int processors = omp_get_num_procs();
  const Isa isa = nvfp4::best_isa();
  const double all = kernels::cpu::measure_ceiling(isa, processors).flops_per_s;
  // A sum of each thread's own best would be 16 times as high; other programs may slow either measurement.
  CHECK(kernels::cpu::measure_ceiling(isa, 16 * processors).flops_per_s < 4 * all);
}

}  // namespace nvfp4bench
