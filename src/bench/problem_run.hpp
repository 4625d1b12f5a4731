// One problem: which variants can run it, their checks one after the other, their samples in rounds.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "bench/context.hpp"
#include "bench/lookout.hpp"
#include "bench/trial.hpp"
#include "data/operands.hpp"

namespace nvfp4bench::bench {

class ProblemRun {
 public:
  /// Fills `result`, whose problem and work are set.
  ProblemRun(Context& context, Lookout& lookout, const Job& job, ProblemResult& result)
      : context_(context), lookout_(lookout), job_(job), result_(result), outputs_(job.problem) {}
  ProblemRun(const ProblemRun&) = delete;
  ProblemRun& operator=(const ProblemRun&) = delete;

  void run(std::span<const kernels::Variant* const> variants, bool variants_named);

  /// Spent in rounds of samples.
  double sampling_s() const { return sampling_s_; }

 private:
  /// A variant that can run the problem, and its place in the result.
  struct Candidate {
    const kernels::Variant& variant;
    VariantResult& result;
  };
  static bool is_pending(const Candidate& candidate) { return candidate.result.status == Status::pending; }

  /// A row in the result for every variant that the problem concerns; those that can run it are candidates.
  void choose(std::span<const kernels::Variant* const> variants, bool variants_named);
  void expect(bool on_gpu);
  /// Shows sums on exact data, of those that want it; who fails there has ended.
  void prove_sums();
  /// Generates operands and computes the reference.
  void set_up();
  /// Brings the problem to where candidates are to run; they end where that cannot be.
  void bring(bool on_gpu);
  void check_all();
  void check(Trial& trial);
  void sample_in_rounds();
  /// Reports what is complete. If the trial took the GPU with it, ends all variants there.
  void ended(const Trial& trial);
  void lose_gpu(std::string_view in);
  void end_pending(bool on_gpu, Status status, std::string_view reason);

  const std::string& name() const { return job_.problem.name; }

  Context& context_;
  Lookout& lookout_;
  const Job& job_;
  ProblemResult& result_;
  std::vector<Candidate> candidates_;
  data::Operands generated_;
  data::OutputImage outputs_;
  ProblemView view_;
  std::optional<validate::Reference> reference_;
  std::optional<Standard> standard_;
  std::unique_ptr<place::Stage> host_stage_;
  std::unique_ptr<place::Stage> gpu_stage_;
  double sampling_s_ = 0;
  std::vector<Trial> trials_;  // end before the stages that they run on
};

}  // namespace nvfp4bench::bench
