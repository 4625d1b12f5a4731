#include "kernels/cpu/idle_memory.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include <sys/mman.h>

namespace nvfp4bench::kernels::cpu {
namespace {

constexpr int64_t kLineBytes = 64;
constexpr int64_t kLargePageBytes = int64_t{2} << 20;

int64_t round_up(int64_t bytes, int64_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

IdleMemory::IdleMemory(int64_t bytes, int threads)
    : threads_(threads), share_bytes_(round_up(std::max<int64_t>(1, bytes / threads), kLineBytes)) {
  const auto size = static_cast<std::size_t>(round_up(this->bytes(), kLargePageBytes));
  memory_.reset(static_cast<uint8_t*>(std::aligned_alloc(kLargePageBytes, size)));
  if (!memory_) throw std::bad_alloc();
  // Large pages, where the system has them, are read faster and fill caches more evenly.
  (void)madvise(memory_.get(), size, MADV_HUGEPAGE);
#pragma omp parallel for num_threads(threads_) schedule(static, 1)
  for (int thread = 0; thread < threads_; ++thread)
    std::memset(memory_.get() + thread * share_bytes_, 1, static_cast<std::size_t>(share_bytes_));
}

void IdleMemory::read(const Engine& engine) const {
#pragma omp parallel for num_threads(threads_) schedule(static, 1)
  for (int thread = 0; thread < threads_; ++thread) engine.read(share(thread), share_bytes_);
}

}  // namespace nvfp4bench::kernels::cpu
