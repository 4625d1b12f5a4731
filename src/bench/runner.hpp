// Runs problems: generate, reference, then every variant checked, timed and checked again.
//
// Each problem goes through these steps:
//   variants whose contract knows no order of summation: judged to the bit on exact data first (exact_tier.hpp)
//   generate the operands; compute the exact reference (not with time_only)
//   each variant: bind, prepare weights, run on poisoned output, judge every element, then run again, on operands
//     that have changed in a few places and output poisoned otherwise: what the change touches is judged, the rest
//     must have the same bits (or, if not deterministic, pass as well); and likewise bound anew, where operands then
//     lie elsewhere
//   variants that passed: warm up, then sample in rounds, in an order drawn anew each round, so that whatever
//     slows the machine for a while slows all of them; each leaves the rounds when its stopping rule says so
// Every later run is like the second: no two see the same operands, and every output is checked. What goes wrong in
// one variant ends that variant alone; only where kernels run in this process does a GPU that is lost (a kernel faults
// or hangs) end the GPU variants after it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>

#include "bench/instruments.hpp"
#include "data/operands.hpp"
#include "kernels/variant.hpp"
#include "model/result.hpp"
#include "validate/reference.hpp"

namespace nvfp4bench::bench {

struct RunOptions {
  kernels::Machine machine;
  /// Validate only: no times, no ceilings.
  bool check_only = false;
  /// All variants run on exact data first, not only those whose contract knows no order (exact_tier.hpp).
  bool exact_first = false;
  /// No reference: a sample of the elements is judged instead of all of them.
  bool time_only = false;
  /// Picks that sample.
  uint64_t sample_seed = 0;
  /// Per variant and problem: sampling goes on until the median is known well (to 1 %) and min_time_s has been
  /// spent, or until max_time_s has been spent.
  double min_time_s = 0.5;
  double max_time_s = 10;
  /// Exactly so many samples instead, however long that takes.
  std::optional<int> samples = std::nullopt;
};

/// What the runner tells its caller while it works. All calls come from the calling thread, outside every
/// timed window; exceptions that they throw end the run. Any of them may be empty.
struct RunObserver {
  /// The input is accepted and the run begins: nothing has been measured or computed.
  std::function<void(const RunResult& result)> begun;
  /// The step that begins now, such as "g8_k7168: timing", and what may change within it without another step
  /// beginning, such as "cpu/two_pass, sample 12".
  std::function<void(std::string_view name, std::string_view detail)> progress;
  /// A variant or a problem is complete; `result` is valid to report as it stands: variants that are not
  /// complete are pending.
  std::function<void(const RunResult& result)> updated;
  /// All variants of `problem`, the last of result.problems, are complete, or the run was interrupted while
  /// some were.
  std::function<void(const RunResult& result, const ProblemResult& problem)> problem_done;
  /// Operands and exact reference of a problem are in memory: for --dump. Once a problem, before its variants
  /// run; not called with time_only.
  std::function<void(const Problem&, const ProblemView&, const validate::Reference&)> reference;
  /// The output of a variant's first run is in memory, and its verdict in the result, whatever it says.
  std::function<void(const Problem&, const ProblemView&, const VariantResult&)> output;
  /// Polled between steps; true ends the run with RunResult::interrupted.
  std::function<bool()> stop;
};

/// One problem and where its operands come from: generated when `operands` is null.
struct Job {
  Problem problem;
  const data::Operands* operands = nullptr;
};

/// Bad input: a problem that does not fit the memory that is available. Names both.
class NotEnoughMemory : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Variants whose op differs from a problem's are left out of it, unless `variants_named` (the user asked for
/// them by name): then they are skipped with that reason. Fills the machine, problems, elapsed_s and
/// interrupted of `result`; that is true until the run has come to its end, so that what a run that died left
/// behind does not look whole. Throws NotEnoughMemory before anything runs.
void run(std::span<const Job> jobs, std::span<const kernels::Variant* const> variants, bool variants_named,
         const RunOptions& options, const RunObserver& observer, RunResult& result,
         const Instruments& instruments = this_machine());

}  // namespace nvfp4bench::bench
