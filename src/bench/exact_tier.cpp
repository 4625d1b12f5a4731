#include "bench/exact_tier.hpp"

#include <fmt/format.h>

#include "bench/ending.hpp"

namespace nvfp4bench::bench {
namespace {

constexpr std::string_view kExactFill = "exact_full";

/// The same shapes; second-level scales are the fill's, which keep its outputs where the type is sharp.
Problem with_exact_data(Problem problem) {
  problem.fill = kExactFill;
  for (Group& group : problem.groups) group.alpha1 = group.alpha2 = std::nullopt;
  return problem;
}

/// What the variant is held to there.
kernels::Variant with_exact_sums(kernels::Variant variant) {
  variant.numerics.accumulator = Accumulator::exact;
  variant.numerics.split_k = {};
  return variant;
}

void end_with(VariantResult& result, Status status, std::string_view reason) {
  result.status = status;
  result.reason = fmt::format("on exact data (fill {}): {}", kExactFill, reason);
}

}  // namespace

bool wants_exact_tier(const kernels::Variant& variant, const Problem& problem, const RunOptions& options) {
  if (variant.op != problem.op || problem.fill == kExactFill) return false;
  return options.exact_first || variant.numerics.accumulator == Accumulator::unknown_fp32;
}

ExactTier::ExactTier(const Context& context, const Problem& problem, data::OutputImage& outputs)
    : context_(context),
      problem_(with_exact_data(problem)),
      operands_(data::generate(problem_, context.machine.threads)),
      view_(data::view(problem_, operands_)),
      standard_{.problem = problem_,
                .view = view_,
                .outputs = outputs,
                .sample_seed = context.options.sample_seed,
                .threads = context.machine.threads},
      outputs_(outputs) {
  outputs_.attach(view_);
  if (context.options.time_only) return;
  reference_ = validate::compute_reference(view_, context.machine.threads);
  standard_.reference = &*reference_;
}

void ExactTier::run(const kernels::Variant& variant, place::Place& place, VariantResult& result) {
  context_.step(fmt::format("{}: {}", problem_.name, result.variant), "on exact data");
  const std::optional<Ending> ending = ending_of([&] { run_checked(variant, place, result); });
  if (ending) end_with(result, ending->status, ending->reason);
}

void ExactTier::run_checked(const kernels::Variant& variant, place::Place& place, VariantResult& result) {
  std::unique_ptr<place::Stage>& stage = variant.on_gpu ? gpu_stage_ : host_stage_;
  if (!stage) stage = place.bring(view_, outputs_);
  const std::unique_ptr<place::Session> session = stage->open(variant);
  session->prepare();
  const kernels::Variant judged_as = with_exact_sums(variant);
  Check check(judged_as, standard_);
  check.first_run(*session, session->methods().front());
  result.exact_sums = check.verdict();
  if (result.exact_sums->status == Status::failed)
    end_with(result, Status::failed, result.exact_sums->reason);
}

}  // namespace nvfp4bench::bench
