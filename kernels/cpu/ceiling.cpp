#include "kernels/cpu/ceiling.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <omp.h>

#include <fmt/format.h>

#include "kernels/cpu/engine.hpp"
#include "kernels/cpu/tiling.hpp"

namespace nvfp4bench::kernels::cpu {

namespace {

// Larger than the last-level cache of almost every CPU, and small beside the memory of any.
constexpr int64_t kReadBytes = int64_t{256} << 20;
constexpr double kSeconds = 0.2;

/// The highest rate of `pass` (work done in one call, by all threads) within kSeconds.
template <class Pass>
double best_rate(double work, const Pass& pass) {
  double best = 0;
  const double start = omp_get_wtime();
  double now = start;
  do {
    const double before = now;
    pass();
    now = omp_get_wtime();
    best = std::max(best, work / (now - before));
  } while (now - start < kSeconds);
  return best;
}

double read_bytes_per_s(int threads) {
  CacheLines buffer(kReadBytes);
  const auto* words = buffer.as<uint64_t>();
  constexpr int64_t kWords = kReadBytes / 8;
  uint64_t total = 0;
  const double rate = best_rate(kReadBytes, [&] {
    uint64_t sum = 0;
#pragma omp parallel for schedule(static) num_threads(threads) reduction(+ : sum)
    for (int64_t i = 0; i < kWords; ++i) sum += words[i];
    total += sum;
  });
  // The buffer is all zeros, which no compiler can know here; so the sums had to be formed.
  return total == 0 ? rate : 0;
}

/// Processors that threads of this process can be on at the same time: those it may use, or its cgroup's quota
/// (cgroup v2, "cpu.max": quota and period in microseconds, or "max").
double usable_processors() {
  const double processors = omp_get_num_procs();
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota = 0;
  double period = 0;
  if (file >> quota >> period && period > 0) return std::min(processors, quota / period);
  return processors;
}

/// Every thread's own best, added up: a thread that another process holds up for a while does not lower it. More
/// threads than processors take turns, and share what those can do.
double macs_per_s(const Engine& engine, int threads) {
  constexpr int64_t kRepeats = 1 << 17;
  const auto macs = static_cast<double>(engine.peak_dots(1) * kRepeats);
  double total = 0;
#pragma omp parallel num_threads(threads) reduction(+ : total)
  total += best_rate(macs, [&] { engine.peak_dots(kRepeats); });
  return total * std::min(1.0, usable_processors() / threads);
}

}  // namespace

Peak measure_ceiling(Isa isa, int threads) {
  Peak peak;
  peak.name = "this machine";
  peak.bytes_per_s = read_bytes_per_s(threads);
  peak.flops_per_s = 2 * macs_per_s(engine(isa), threads);
  peak.source = fmt::format("measured: {} on {} thread{}", to_string(isa), threads, threads == 1 ? "" : "s");
  return peak;
}

}  // namespace nvfp4bench::kernels::cpu
