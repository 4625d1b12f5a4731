// What a run of the tool yields. Plain data: the bench fills it, reports are pure functions of it.
// Absent is std::nullopt, never 0. Times are seconds.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/ceilings.hpp"
#include "model/device.hpp"
#include "model/method.hpp"
#include "model/numerics.hpp"
#include "model/problem.hpp"
#include "model/summary.hpp"
#include "model/work.hpp"

namespace nvfp4bench {

/// The outcome of one variant on one problem; each but the first two comes with a reason.
enum class Status {
  pending,  // not finished: the run is going on, or was interrupted
  passed,
  failed,      // a wrong result
  mistrusted,  // it matched, but the match proves little
  skipped,     // cannot run here
  errored,     // it broke while running
  rejected,    // a time that physics forbids
};

inline constexpr std::array kStatuses{Status::pending, Status::passed,  Status::failed,  Status::mistrusted,
                                      Status::skipped, Status::errored, Status::rejected};

constexpr std::string_view to_string(Status status) {
  switch (status) {
    case Status::pending:
      return "pending";
    case Status::passed:
      return "passed";
    case Status::failed:
      return "failed";
    case Status::mistrusted:
      return "mistrusted";
    case Status::skipped:
      return "skipped";
    case Status::errored:
      return "errored";
    case Status::rejected:
      return "rejected";
  }
  return "?";
}

/// One output element outside its interval. Values are in output units, after alpha and silu.
struct Mismatch {
  int64_t group = 0;
  int64_t l = 0;
  int64_t m = 0;
  int64_t n = 0;
  double exact = 0;  // y before rounding; NaN where the exact result is NaN
  double low = 0;    // accepted interval, rounded to the output type
  double high = 0;
  double got = 0;
  double ulps = 0;  // distance of got from the correctly rounded value; infinite where one of them is NaN
};

/// The judge's findings on one output. The distribution counts say how much a match proves.
struct Verdict {
  Status status = Status::passed;
  std::string reason;
  int64_t elements = 0;
  int64_t checked = 0;
  int64_t mismatches = 0;
  bool more_mismatches = false;  // there may be more: of hopeless outputs not every element is settled
  int64_t unwritten = 0;         // mismatches that still hold the poison
  int64_t exact_nan = 0;         // elements whose exact result is NaN
  int64_t exact_zero = 0;        // ... rounds to zero
  int64_t exact_inf = 0;         // ... rounds to infinity
  /// Elements whose interval accepts more than 4 values of the output type (for f32, as much as 4 of f16),
  /// extrapolated from a sample.
  int64_t wide = 0;
  /// Largest distance from the correctly rounded value, infinite where just one of the two is NaN; and largest
  /// (|got - y| - ulp/2) / E, the share of the bound that was needed beyond the final rounding, infinite for a
  /// wrong NaN or infinity. 0 where every element is correctly rounded, at most 1 exactly when all passed.
  double max_ulps = 0;
  double max_error_over_bound = 0;
  std::vector<Mismatch> first;  // in (group, l, m, n) order
};

struct VariantResult {
  /// "<target>/<idea>": set by name_variant.
  std::string variant;
  std::string target;
  std::string idea;
  std::string summary;
  Status status = Status::pending;
  std::string reason;
  Numerics numerics;
  Structure structure;
  bool on_gpu = false;
  /// Spent on this variant of this problem: bound, run and checked, again and again. Absent if it was not bound.
  std::optional<double> elapsed_s;
  int64_t workspace_bytes = 0;
  std::optional<Verdict> verdict;
  /// The judge's findings on other data of the same shapes, where every order of summation gives the same bits;
  /// absent where none were needed.
  std::optional<Verdict> exact_sums;
  /// Only beside Status::passed.
  std::optional<Timing> timing;
  /// How `timing` was taken; absent without one.
  std::optional<Method> method;
  /// What else was measured. Tags differ.
  std::vector<Summary> summaries;
  /// What it did that a reader should know, beside its status: "changed the locale (C.UTF-8)".
  std::vector<std::string> remarks;
};

/// Whether exact data have shown that the variant's sums are right.
inline bool sums_proven(const VariantResult& result) {
  return result.exact_sums && result.exact_sums->status == Status::passed;
}

/// "cpu/two_pass" is the idea two_pass on the target cpu.
inline void name_variant(VariantResult& result, std::string_view name) {
  const std::size_t slash = name.find('/');
  result.variant = name;
  result.target = name.substr(0, slash);
  result.idea = slash == std::string_view::npos ? name : name.substr(slash + 1);
}

struct ProblemResult {
  Problem problem;
  Work work;
  double generate_s = 0;
  double reference_s = 0;
  std::vector<VariantResult> variants;
  /// What else the machine did while times were taken, a line each: they may be too long.
  std::vector<std::string> disturbances;
};

/// Everything needed to know where numbers came from and to run them again.
struct Metadata {
  std::string tool_version;
  std::string git_revision;  // "" if unknown
  std::string compiler;
  std::string compiler_flags;
  std::string build_type;
  std::string cpu;
  std::string os;
  std::string isa;
  int threads = 0;
  std::string started_at;  // ISO 8601, UTC
  std::vector<std::string> command_line;
  /// Variants ran in the process of the tool, not in processes of their own: nothing was out of their reach.
  bool in_process = false;
};

/// The GPU that variants ran on.
struct GpuResult {
  Device device;
  /// Measured in this run; absent with --check-only, and where no way to measure them was found.
  std::optional<Peak> ceilings;
  /// Shortest time of an empty kernel, measured as variants are; 0 if it was not.
  double launch_floor_s = 0;
  /// Read before each cold sample, so that nothing of the operands is left in the L2.
  int64_t flush_bytes = 0;
  /// The variant in which the GPU stopped answering; "" if it never did. The process cannot be torn down then.
  std::string lost_in;
};

/// Results of one run of the tool. Complete after every variant, so that it can be written at any moment.
struct RunResult {
  Metadata metadata;
  /// Measured ceilings of this machine's CPU; absent with --check-only and where no variant ran on it.
  std::optional<Ceilings> machine;
  /// The same, measured once more when the run ends; absent where nothing was timed on the CPU, too.
  std::optional<Peak> machine_at_end;
  /// Read before each cold sample on the CPU, so that nothing of the operands is left in its caches; 0 where no
  /// variant ran on it.
  int64_t sweep_bytes = 0;
  /// Absent where no variant was to run on a GPU.
  std::optional<GpuResult> gpu;
  /// Datasheet peaks that results are compared with (configs/devices.json).
  std::vector<Peak> devices;
  std::vector<ProblemResult> problems;
  /// With --time-only: what picked the elements that were checked. Drawn where none was given, so that no kernel
  /// can know them.
  std::optional<uint64_t> sample_seed;
  /// Wall-clock time of the run so far, seconds.
  std::optional<double> elapsed_s;
  /// The run was stopped (SIGINT) before its end.
  bool interrupted = false;
};

}  // namespace nvfp4bench
