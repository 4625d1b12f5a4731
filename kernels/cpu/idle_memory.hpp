// Memory that is there only to be read: what a cache holds of it, it does not hold of anything else.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "kernels/cpu/engine.hpp"

namespace nvfp4bench::kernels::cpu {

/// One share for each of some threads, in pages near the thread that wrote them: what has never been written is a
/// single page of zeros, however long.
class IdleMemory {
 public:
  /// About so many bytes in all. Throws std::bad_alloc.
  IdleMemory(int64_t bytes, int threads);

  int64_t bytes() const { return threads_ * share_bytes_; }
  /// Whole cache lines.
  const uint8_t* share(int thread) const { return memory_.get() + thread * share_bytes_; }
  int64_t share_bytes() const { return share_bytes_; }

  /// Every share once, each by a thread of its own.
  void read(const Engine& engine) const;

 private:
  struct Free {
    void operator()(uint8_t* memory) const { std::free(memory); }
  };

  int threads_;
  int64_t share_bytes_;
  std::unique_ptr<uint8_t, Free> memory_;
};

}  // namespace nvfp4bench::kernels::cpu
