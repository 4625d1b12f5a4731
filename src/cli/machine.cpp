#include "cli/machine.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "cli/options.hpp"
#include "cuda/discovery.hpp"
#include "nvfp4/isa_support.hpp"

namespace nvfp4bench::cli {
namespace {

/// What every variant's limits on size allow: what remains are limits of this machine.
Problem modest_problem(Op op) {
  Problem problem;
  problem.op = op;
  problem.groups = {{.m = 128, .n = 256, .k = 1024}};
  return problem;
}

/// Threads that only wait, until all of them are there.
class Crowd {
 public:
  ~Crowd() {
    {
      const std::lock_guard lock(mutex_);
      released_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void add() {
    threads_.emplace_back([this] {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return released_; });
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool released_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

kernels::Machine make_machine(Isa isa, int threads, std::optional<int> gpu) {
  kernels::Machine machine{.isa = isa, .isa_why_not = nvfp4::why_not(isa), .threads = threads};
  const cuda::Discovery found = cuda::discover();
  machine.gpu_why_not = found.why_none;
  for (const Device& device : found.devices) {
    if (device.ordinal == gpu.value_or(0)) machine.gpu = device;
  }
  if (gpu && !machine.gpu)
    throw UsageError(found.devices.empty()
                         ? fmt::format("--device {}: {}", *gpu, found.why_none)
                         : fmt::format("--device {}: there are only {}; `nvfp4bench list devices` shows them",
                                       *gpu, found.devices.size()));
  return machine;
}

std::string why_never(const kernels::Variant& variant, const kernels::Machine& machine) {
  return kernels::why_not(variant, modest_problem(variant.op), machine);
}

bool runs_on_gpu(std::span<const kernels::Variant* const> variants, const kernels::Machine& machine) {
  return machine.gpu && std::any_of(variants.begin(), variants.end(), [&](const kernels::Variant* variant) {
           return variant->on_gpu && why_never(*variant, machine).empty();
         });
}

void start_threads(int threads) {
  try {
    Crowd crowd;
    for (int i = 1; i < threads; ++i) crowd.add();
  } catch (const std::system_error& error) {
    throw UsageError(fmt::format("--threads {}: the system does not start so many threads: {}", threads,
                                 error.code().message()));
  }
  int started = 0;
#pragma omp parallel num_threads(threads) reduction(+ : started)
  ++started;
  if (started != threads)
    throw UsageError(fmt::format("--threads {}: OpenMP starts only {}", threads, started));
}

}  // namespace nvfp4bench::cli
