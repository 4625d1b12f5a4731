#include "place/worker/idle_threads.hpp"

#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <fstream>
#include <memory>
#include <omp.h>
#include <string>
#include <unistd.h>

#include <sys/syscall.h>

#include "place/stopwatch.hpp"

namespace nvfp4bench::place {
namespace {

/// GNU's spin 300,000 times, 40 to 140 cycles each, unless they are told otherwise (process.cpp).
constexpr double kLongestSpin_s = 0.02;

bool runs(const std::string& thread) {
  std::ifstream file("/proc/self/task/" + thread + "/stat");
  std::string stat;
  std::getline(file, stat);
  const std::size_t name_end = stat.rfind(')');
  return name_end != std::string::npos && stat.size() > name_end + 2 && stat[name_end + 2] == 'R';
}

bool any_other_runs() {
  const std::unique_ptr<DIR, int (*)(DIR*)> threads(opendir("/proc/self/task"), closedir);
  if (!threads) return true;
  const long self = syscall(SYS_gettid);
  while (const dirent* entry = readdir(threads.get())) {
    const long thread = std::atol(entry->d_name);
    if (thread > 0 && thread != self && runs(entry->d_name)) return true;
  }
  return false;
}

}  // namespace

void let_threads_sleep() {
  const double begun = steady_seconds();
  while (any_other_runs()) {
    if (steady_seconds() - begun > kLongestSpin_s) {
      end_threads();
      return;
    }
    const timespec nap{0, 50'000};
    nanosleep(&nap, nullptr);
  }
}

void end_threads() { (void)omp_pause_resource_all(omp_pause_soft); }

}  // namespace nvfp4bench::place
