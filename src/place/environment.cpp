#include "place/environment.hpp"

#include <cfenv>
#include <clocale>
#include <cstring>
#include <omp.h>

#include <fmt/format.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace nvfp4bench::place {
namespace {

#if defined(__x86_64__)
constexpr unsigned kDenormalsAreZero = 0x0040;
constexpr unsigned kFlushToZero = 0x8000;
constexpr unsigned kRounding = 0x6000;
constexpr unsigned kControl = 0xFFC0;  // below are the flags of what has happened
#endif

bool same(const struct sigaction& a, const struct sigaction& b) {
  constexpr int kRestorer = 0x04000000;  // which the C library adds whenever it sets a handler
  return a.sa_handler == b.sa_handler && (a.sa_flags & ~kRestorer) == (b.sa_flags & ~kRestorer);
}

}  // namespace

Environment::FloatingPoint Environment::floating_point() {
  FloatingPoint now;
#if defined(__x86_64__)
  now.control = _mm_getcsr() & kControl;
#endif
  now.rounding = std::fegetround();
  return now;
}

Environment::Environment()
    : floating_point_(floating_point()),
      locale_(std::setlocale(LC_ALL, nullptr)),
      omp_threads_(omp_get_max_threads()),
      omp_dynamic_(omp_get_dynamic() != 0),
      cpus_{} {
  for (int signal = 1; signal < kSignals; ++signal) (void)sigaction(signal, nullptr, &handlers_[signal]);
  if (sched_getaffinity(0, sizeof cpus_, &cpus_) != 0) CPU_ZERO(&cpus_);
}

std::vector<std::string> Environment::restore() const {
  std::vector<std::string> changed;
  if (const FloatingPoint now = floating_point(); now != floating_point_) {
    std::string what = "the floating-point environment";
#if defined(__x86_64__)
    const unsigned differing = now.control ^ floating_point_.control;
    if (differing & (kFlushToZero | kDenormalsAreZero)) what += " (subnormals count as zero)";
    if (differing & kRounding || now.rounding != floating_point_.rounding) what += " (rounding mode)";
    _mm_setcsr((_mm_getcsr() & ~kControl) | floating_point_.control);
#endif
    changed.push_back(std::move(what));
    std::fesetround(floating_point_.rounding);
  }
  for (int signal = 1; signal < kSignals; ++signal) {
    struct sigaction now {};
    if (sigaction(signal, nullptr, &now) != 0 || same(now, handlers_[signal])) continue;
    changed.push_back(fmt::format("the handler of signal {} ({})", signal, strsignal(signal)));
    (void)sigaction(signal, &handlers_[signal], nullptr);
  }
  if (const char* now = std::setlocale(LC_ALL, nullptr); now != locale_) {
    changed.push_back(fmt::format("the locale ({})", now));
    std::setlocale(LC_ALL, locale_.c_str());
  }
  if (omp_get_max_threads() != omp_threads_) {
    changed.push_back(fmt::format("the number of OpenMP threads ({})", omp_get_max_threads()));
    omp_set_num_threads(omp_threads_);
  }
  if ((omp_get_dynamic() != 0) != omp_dynamic_) {
    changed.emplace_back("whether OpenMP chooses the number of threads");
    omp_set_dynamic(omp_dynamic_);
  }
  cpu_set_t cpus{};
  if (CPU_COUNT(&cpus_) > 0 && sched_getaffinity(0, sizeof cpus, &cpus) == 0 && !CPU_EQUAL(&cpus, &cpus_)) {
    changed.emplace_back("the CPUs that it may run on");
    (void)sched_setaffinity(0, sizeof cpus_, &cpus_);
  }
  return changed;
}

}  // namespace nvfp4bench::place
