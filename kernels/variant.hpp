// The contract between a variant (one file under kernels/<target>/) and the tool.
//
// A variant describes itself in one row of data, `extern const Variant`, and is listed once, in variants.def.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "model/device.hpp"
#include "model/isa.hpp"
#include "model/numerics.hpp"
#include "model/problem.hpp"
#include "model/views.hpp"
#include "model/work.hpp"

struct CUstream_st;  // cudaStream_t, without the CUDA headers

namespace nvfp4bench::kernels {

/// What a variant may count on; fixed for a whole run of the tool.
struct Machine {
  /// The CPU instruction set to use. When `isa_why_not` is not empty, it was asked for and is not here.
  Isa isa = Isa::portable;
  std::string isa_why_not;
  /// CPU threads, at least 1.
  int threads = 1;
  /// The GPU that GPU variants run on; absent with the reason.
  std::optional<Device> gpu;
  std::string gpu_why_not;
};

/// Where a kernel says that a phase has ended: the host clock for CPU variants, an event for GPU ones.
class PhaseSink {
 public:
  virtual ~PhaseSink() = default;
  virtual void end_phase(std::string_view name) = 0;
};

struct RunContext {
  PhaseSink& phases;
  /// GPU variants enqueue here and return; null for CPU variants, which return when the work is done.
  CUstream_st* stream = nullptr;
};

/// One variant bound to the operands of one problem. Allocates what it needs when it is made, so that run()
/// allocates nothing.
class Kernel {
 public:
  virtual ~Kernel() = default;

  /// One-off work on the weights that real serving would do at load time. Timed and reported apart.
  virtual bool prepares_weights() const { return false; }
  virtual void prepare_weights(RunContext&) {}

  /// Bytes of temporaries that this kernel holds, beyond operands and output.
  virtual int64_t workspace_bytes() const { return 0; }

  /// Computes every element of c once.
  virtual void run(RunContext& context) = 0;
};

/// What bind throws where the variant cannot run the problem, as only the attempt shows; otherwise why_not says so.
class CannotRun : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Variant {
  /// "<target>/<idea>", e.g. "cpu/fused_interleaved".
  std::string_view name;
  /// One line for `list` and for reports.
  std::string_view summary;
  Op op = Op::dual_gemm_silu;
  /// Operands and output are in the memory of Machine::gpu, which is there whenever such a variant is asked.
  bool on_gpu = false;
  Numerics numerics;
  /// What it prepares with the weights, off the clock, are tokens too: a generous baseline, whose time is not that of
  /// the operation. Without this, prepared tokens are those of another run.
  bool prepares_tokens = false;
  /// Launches, passes over A, temporaries: what the report reasons with.
  Structure structure;
  /// Empty if the variant can run a problem of its op here, else the reason shown beside `skipped`. Gets the
  /// variant itself, so that one function can serve several.
  std::string (*why_not)(const Variant& self, const Problem& problem, const Machine& machine) = nullptr;
  /// The pointers in `problem` stay valid while the kernel lives.
  std::unique_ptr<Kernel> (*bind)(const Variant& self, const ProblemView& problem,
                                  const Machine& machine) = nullptr;
};

/// Empty if `variant` can run `problem` on `machine`, else why not.
inline std::string why_not(const Variant& variant, const Problem& problem, const Machine& machine) {
  if (variant.op != problem.op) {
    return std::string("computes ")
        .append(to_string(variant.op))
        .append(", the problem is ")
        .append(to_string(problem.op));
  }
  if (variant.on_gpu && !machine.gpu) return machine.gpu_why_not;
  return variant.why_not(variant, problem, machine);
}

}  // namespace nvfp4bench::kernels
