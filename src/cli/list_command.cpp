#include <filesystem>
#include <omp.h>

#include <fmt/format.h>

#include "bench/metadata.hpp"
#include "cli/commands.hpp"
#include "cli/machine.hpp"
#include "config/devices.hpp"
#include "config/lookup.hpp"
#include "config/problem_set.hpp"
#include "cuda/discovery.hpp"
#include "data/fill.hpp"
#include "nvfp4/isa_support.hpp"
#include "text/config_error.hpp"

namespace nvfp4bench::cli {
namespace {

/// A problem that every variant's limits on size allow: what remains are limits of this machine.
Problem modest_problem(Op op) {
  Problem problem;
  problem.op = op;
  problem.groups = {{.m = 128, .n = 256, .k = 1024}};
  return problem;
}

void list_variants(std::span<const kernels::Variant* const> variants) {
  const kernels::Machine machine = make_machine(nvfp4::best_isa(), omp_get_num_procs());
  fmt::print("variants\n");
  for (const kernels::Variant* variant : variants) {
    const std::string reason = kernels::why_not(*variant, modest_problem(variant->op), machine);
    fmt::print("  {:<24} {:<15} {}\n", variant->name, to_string(variant->op), variant->summary);
    if (!reason.empty()) fmt::print("  {:<24} cannot run here: {}\n", "", reason);
  }
}

void list_configs() {
  fmt::print("configs\n");
  for (const std::filesystem::path& path : config::list_configs()) {
    std::string about;
    try {
      const std::vector<Problem> problems = config::load_problem_set(path);
      about =
          problems.size() == 1 ? problems.front().description : fmt::format("{} problems", problems.size());
    } catch (const text::ConfigError& error) {
      about = fmt::format("unusable: {}", error.what());
    }
    fmt::print("  {:<24} {}\n", path.stem().string(), about);
  }
}

void list_fills() {
  fmt::print("fills\n");
  for (const data::FillInfo& fill : data::fills()) fmt::print("  {:<24} {}\n", fill.name, fill.summary);
}

void list_devices() {
  fmt::print("devices\n  {:<24} {}, {} threads\n", "cpu", bench::cpu_name(), omp_get_num_procs());
  for (const Isa isa : kIsas) {
    const std::string reason = nvfp4::why_not(isa);
    fmt::print("  {:<24}   --isa {}{}\n", "", to_string(isa),
               reason.empty() ? "" : ": cannot run here: " + reason);
  }
  const cuda::Discovery found = cuda::discover();
  for (const Device& device : found.devices) {
    fmt::print("  {:<24} {}, compute capability {}.{}, {} SMs, {:.1f} GB, {:.0f} MB of L2\n",
               fmt::format("gpu {}", device.ordinal), device.name, device.capability / 10,
               device.capability % 10, device.sm_count, static_cast<double>(device.memory_bytes) / 1e9,
               static_cast<double>(device.l2_bytes) / 1e6);
    if (found.devices.size() > 1) fmt::print("  {:<24}   --device {}\n", "", device.ordinal);
  }
  if (found.devices.empty()) fmt::print("  {:<24} none: {}\n", "gpu", found.why_none);
  fmt::print("datasheets that results are compared with\n");
  for (const Peak& peak : config::load_devices(config::find_config("devices.json")))
    fmt::print("  {:<24} {:.2f} TB/s, {:.0f} TFLOP/s\n", peak.name, peak.bytes_per_s / 1e12,
               peak.flops_per_s / 1e12);
}

}  // namespace

Exit list_command(const ListCommand& command, std::span<const kernels::Variant* const> variants) {
  const auto wanted = [&](ListWhat what) { return command.what == what || command.what == ListWhat::all; };
  if (wanted(ListWhat::variants)) list_variants(variants);
  if (wanted(ListWhat::configs)) list_configs();
  if (wanted(ListWhat::fills)) list_fills();
  if (wanted(ListWhat::devices)) list_devices();
  return Exit::passed;
}

}  // namespace nvfp4bench::cli
