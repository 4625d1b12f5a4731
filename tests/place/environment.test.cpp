#include "place/environment.hpp"

#include <cfenv>
#include <clocale>
#include <cmath>
#include <csignal>
#include <limits>
#include <omp.h>

#include "catch.hpp"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace nvfp4bench::place {
namespace {

/// The one change that is found, after which everything is as before.
std::string only_change(const Environment& before) {
  const std::vector<std::string> changed = before.restore();
  REQUIRE(changed.size() == 1);
  CHECK(before.restore().empty());
  return changed.front();
}

TEST_CASE("an environment that was left alone has not changed, whatever was computed") {
  const Environment before;
  const volatile double zero = 0;
  CHECK(std::isinf(1 / zero));  // sets a flag
  CHECK(before.restore().empty());
}

TEST_CASE("what is left changed is named and put back") {
  const Environment before;
  SECTION("the rounding mode") {
    std::fesetround(FE_UPWARD);
    CHECK(only_change(before) == "the floating-point environment (rounding mode)");
    CHECK(std::fegetround() == FE_TONEAREST);
  }
#if defined(__x86_64__)
  SECTION("subnormals") {
    _mm_setcsr(_mm_getcsr() | 0x8000);
    CHECK(only_change(before) == "the floating-point environment (subnormals count as zero)");
    const volatile float smallest = std::numeric_limits<float>::min();
    CHECK(smallest / 2 > 0);
  }
#endif
  SECTION("a signal handler") {
    std::signal(SIGUSR1, SIG_IGN);
    CHECK(only_change(before).find("the handler of signal 10") == 0);
    CHECK(std::signal(SIGUSR1, SIG_DFL) == SIG_DFL);
  }
  SECTION("the locale") {
    if (!std::setlocale(LC_ALL, "C.UTF-8")) return;
    CHECK(only_change(before) == "the locale (C.UTF-8)");
    CHECK(std::string(std::setlocale(LC_ALL, nullptr)) == "C");
  }
  SECTION("OpenMP's threads") {
    const int threads = omp_get_max_threads();
    omp_set_num_threads(threads + 5);
    CHECK(only_change(before).find("the number of OpenMP threads") == 0);
    CHECK(omp_get_max_threads() == threads);
  }
  SECTION("affinity") {
    cpu_set_t all;
    REQUIRE(sched_getaffinity(0, sizeof all, &all) == 0);
    if (CPU_COUNT(&all) < 2) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
    CHECK(only_change(before) == "the CPUs that it may run on");
    cpu_set_t now;
    REQUIRE(sched_getaffinity(0, sizeof now, &now) == 0);
    CHECK(CPU_EQUAL(&now, &all));
  }
}

}  // namespace
}  // namespace nvfp4bench::place
