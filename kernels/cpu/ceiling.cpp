#include "kernels/cpu/ceiling.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <omp.h>
#include <vector>

#include <fmt/format.h>

#include "kernels/cpu/caches.hpp"
#include "kernels/cpu/engine.hpp"
#include "kernels/cpu/idle_memory.hpp"

namespace nvfp4bench::kernels::cpu {

namespace {

constexpr double kSeconds = 0.2;
constexpr double kCacheSeconds = 0.05;
/// A rate is that of all threads together in one of these: short enough that on a busy machine some have every
/// thread at work.
constexpr double kSlot_s = 0.5e-3;
/// What a thread reads between two looks at the clock.
constexpr int64_t kPieceBytes = 128 << 10;
/// For memory, so that little beside the caches' own size is still in them.
constexpr int64_t kMemoryBytes = int64_t{256} << 20;

/// The highest rate of `pass` (work done in one call) within kSeconds.
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

/// Bytes that were read in each slot of a measurement.
class Slots {
 public:
  Slots(double begun, double seconds) : begun_(begun), bytes_(static_cast<std::size_t>(seconds / kSlot_s)) {}

  /// Read evenly from one moment to another.
  void add(double from, double until, double bytes) {
    const double rate = bytes / (until - from);
    for (auto slot = static_cast<std::size_t>((from - begun_) / kSlot_s); slot < bytes_.size(); ++slot) {
      const double begin = begun_ + static_cast<double>(slot) * kSlot_s;
      if (begin >= until) break;
      bytes_[slot] += rate * (std::min(until, begin + kSlot_s) - std::max(from, begin));
    }
  }
  void add(const Slots& other) {
    for (std::size_t slot = 0; slot < bytes_.size(); ++slot) bytes_[slot] += other.bytes_[slot];
  }

  double best() const { return *std::max_element(bytes_.begin(), bytes_.end()) / kSlot_s; }
  double median() const {
    std::vector<double> sorted = bytes_;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2] / kSlot_s;
  }

 private:
  double begun_;
  std::vector<double> bytes_;
};

/// How fast `set` bytes of `memory` are read again and again, each thread its part of them. Threads that are more
/// than processors take turns, as kernels' do.
CacheRate read_rate(const Engine& engine, const IdleMemory& memory, int64_t set, int threads,
                    double seconds) {
  const int64_t part = std::clamp<int64_t>(set / threads / 64 * 64, 64, memory.share_bytes());
  const double begun = omp_get_wtime();
  Slots all(begun, seconds);
#pragma omp parallel num_threads(threads)
  {
    const uint8_t* const lines = memory.share(omp_get_thread_num());
    Slots own(begun, seconds);
    int64_t at = 0;
    double now = omp_get_wtime();
    while (now < begun + seconds) {
      const double before = now;
      int64_t left = kPieceBytes;
      while (left > 0) {
        const int64_t bytes = std::min(left, part - at);
        engine.read(lines + at, bytes);
        at = at + bytes < part ? at + bytes : 0;
        left -= bytes;
      }
      now = omp_get_wtime();
      own.add(before, now, static_cast<double>(kPieceBytes));
    }
#pragma omp critical
    all.add(own);
  }
  const double best = all.best();
  return {.bytes = set, .bytes_per_s = best, .spread = 1 - all.median() / best};
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

void measure_reading(const Engine& engine, int threads, Ceilings& ceilings) {
  const std::vector<Cache> caches = caches_here(threads);
  const IdleMemory memory(std::max(kMemoryBytes, 2 * total_bytes(caches)), threads);
  // A working set that nearer caches cannot hold, and that this one can beside them.
  int64_t nearer = 0;
  for (const Cache& cache : caches) {
    CacheRate rate = read_rate(engine, memory, nearer + cache.bytes / 2, threads, kCacheSeconds);
    rate.level = cache.level > 0 ? fmt::format("L{}", cache.level) : "caches";
    rate.bytes = cache.bytes;
    ceilings.caches.push_back(rate);
    nearer += cache.bytes;
  }
  const CacheRate rate = read_rate(engine, memory, memory.bytes(), threads, kSeconds);
  ceilings.bytes_per_s = rate.bytes_per_s;
  ceilings.spread = rate.spread;
  // No level is slower than those behind it: it was held up, then.
  double behind = ceilings.bytes_per_s;
  for (auto cache = ceilings.caches.rbegin(); cache != ceilings.caches.rend(); ++cache)
    behind = cache->bytes_per_s = std::max(cache->bytes_per_s, behind);
}

}  // namespace

Ceilings measure_ceiling(Isa isa, int threads) {
  Ceilings ceilings;
  ceilings.name = "this machine";
  measure_reading(engine(isa), threads, ceilings);
  ceilings.flops_per_s = 2 * macs_per_s(engine(isa), threads);
  ceilings.source =
      fmt::format("measured: {} on {} thread{}", to_string(isa), threads, threads == 1 ? "" : "s");
  return ceilings;
}

}  // namespace nvfp4bench::kernels::cpu
