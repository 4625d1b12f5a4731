#include <algorithm>

#include <nlohmann/json.hpp>

#include "cli/alpha_note.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/machine.hpp"
#include "cli/select.hpp"
#include "config/devices.hpp"
#include "config/lookup.hpp"
#include "nvfp4/isa_support.hpp"
#include "record/problem_json.hpp"
#include "report/report.hpp"

namespace nvfp4bench::cli {
namespace {

using Json = nlohmann::ordered_json;

/// What a run would do by default.
struct Expected {
  std::vector<const kernels::Variant*> variants;

  int64_t count(Op op) const {
    return std::count_if(variants.begin(), variants.end(),
                         [&](const kernels::Variant* variant) { return variant->op == op; });
  }
};

Expected expected_on(std::span<const kernels::Variant* const> all) {
  const kernels::Machine machine = make_machine(nvfp4::best_isa(), 1);
  std::vector<std::string> no_warnings;
  return {select_variants(all, {}, {}, runs_on_gpu(all, machine), no_warnings)};
}

Json work_json(const Work& work) {
  return {{"flops", work.flops},
          {"a_bytes", work.a_bytes},
          {"weight_bytes", work.weight_bytes},
          {"output_bytes", work.output_bytes},
          {"bytes", work.bytes()}};
}

Json plan_json(const std::vector<Problem>& problems, const std::vector<Peak>& devices,
               const Expected& expected) {
  Json list = Json::array();
  for (const Problem& problem : problems) {
    const Work work = count_work(problem);
    const Work single = count_work(as_single_gemm(problem));
    Json limits = Json::array();
    for (const Peak& device : devices) {
      limits.push_back({{"device", device.name},
                        {"seconds", speed_of_light_s(work, device)},
                        {"bound_by", bound_by_memory(work, device) ? "bytes" : "flops"},
                        {"single_gemm_seconds", speed_of_light_s(single, device)}});
    }
    const int64_t variants = expected.count(problem.op);
    list.push_back({{"problem", record::problem_json(problem)},
                    {"work", work_json(work)},
                    {"memory_needed_bytes", memory_needed_bytes(problem, variants)},
                    {"speed_of_light", limits},
                    {"variants", variants},
                    {"sampling_seconds_at_most", static_cast<double>(variants) * RunCommand{}.max_time_s}});
  }
  return {{"problems", list}};
}

report::PlanNote note_on(const Problem& problem, const Expected& expected) {
  const RunCommand defaults;
  return {.alpha = alpha_note(problem),
          .variants = expected.count(problem.op),
          .min_time_s = defaults.min_time_s,
          .max_time_s = defaults.max_time_s};
}

}  // namespace

Exit plan_command(const PlanCommand& command, std::span<const kernels::Variant* const> variants) {
  const std::vector<Problem> problems = load_problems(command.problems);
  const std::vector<Peak> devices = config::find_devices(config::own_folders());
  const Expected expected = expected_on(variants);
  if (command.json) {
    write(stdout, record::json_text(plan_json(problems, devices, expected)));
    return Exit::passed;
  }
  std::vector<report::PlanNote> notes;
  for (const Problem& problem : problems) notes.push_back(note_on(problem, expected));
  write(stdout, report::plan(problems, notes, devices, terminal_width(stdout)));
  return Exit::passed;
}

}  // namespace nvfp4bench::cli
