#include <algorithm>
#include <filesystem>
#include <omp.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/metadata.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/machine.hpp"
#include "config/devices.hpp"
#include "config/lookup.hpp"
#include "config/problem_set.hpp"
#include "cuda/discovery.hpp"
#include "data/fill.hpp"
#include "nvfp4/isa_support.hpp"
#include "record/problem_json.hpp"
#include "report/text_table.hpp"
#include "text/config_error.hpp"

namespace nvfp4bench::cli {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

/// What is listed, once as data; `why_not` is null where something can be used here.
Json variants_json(std::span<const kernels::Variant* const> variants) {
  const kernels::Machine machine = make_machine(nvfp4::best_isa(), omp_get_num_procs());
  Json list = Json::array();
  for (const kernels::Variant* variant : variants) {
    list.push_back({{"name", variant->name},
                    {"op", to_string(variant->op)},
                    {"on_gpu", variant->on_gpu},
                    {"summary", variant->summary},
                    {"why_not", text_or_null(why_never(*variant, machine))}});
  }
  return list;
}

Json configs_json() {
  Json list = Json::array();
  for (const std::filesystem::path& path : config::list_configs()) {
    Json names = Json::array();
    std::string about;
    std::string why_not;
    try {
      const std::vector<Problem> problems = config::load_problem_set(path);
      for (const Problem& problem : problems) names.push_back(problem.name);
      about =
          problems.size() == 1 ? problems.front().description : fmt::format("{} problems", problems.size());
    } catch (const text::ConfigError& error) {
      why_not = error.what();
    }
    list.push_back({{"name", path.stem().string()},
                    {"path", path.string()},
                    {"summary", about},
                    {"problems", names},
                    {"why_not", text_or_null(why_not)}});
  }
  return list;
}

Json fills_json() {
  Json list = Json::array();
  for (const data::FillInfo& fill : data::fills())
    list.push_back({{"name", fill.name}, {"summary", fill.summary}});
  return list;
}

Json devices_json() {
  Json isas = Json::array();
  for (const Isa isa : kIsas)
    isas.push_back({{"name", to_string(isa)}, {"why_not", text_or_null(nvfp4::why_not(isa))}});
  const cuda::Discovery found = cuda::discover();
  Json gpus = Json::array();
  for (const Device& device : found.devices) {
    gpus.push_back({{"ordinal", device.ordinal},
                    {"name", device.name},
                    {"capability", device.capability},
                    {"sm_count", device.sm_count},
                    {"memory_bytes", device.memory_bytes},
                    {"l2_bytes", device.l2_bytes}});
  }
  Json datasheets = Json::array();
  for (const Peak& peak : config::find_devices(config::own_folders())) {
    datasheets.push_back(
        {{"name", peak.name}, {"bytes_per_s", peak.bytes_per_s}, {"flops_per_s", peak.flops_per_s}});
  }
  return {{"cpu", {{"name", bench::cpu_name()}, {"threads", omp_get_num_procs()}, {"isas", isas}}},
          {"gpus", gpus},
          {"why_no_gpu", text_or_null(found.why_none)},
          {"datasheets", datasheets}};
}

std::string words(const Json& value) { return value.is_null() ? "" : value.get<std::string>(); }

/// A name, and what there is to say of it. Without a name, more of the one above.
void print_entry(std::string_view name, std::string_view text) {
  constexpr int kColumn = 27;
  const int width = std::min(terminal_width(stdout), report::kWidestProse);
  write(stdout, report::hanging(fmt::format("  {}", name), text, kColumn, width));
}

std::string cannot(const Json& why_not) { return "cannot run here: " + words(why_not); }

void print_variants(const Json& variants) {
  print(stdout, "variants\n");
  for (const Json& variant : variants) {
    print_entry(words(variant["name"]), words(variant["op"]) + ": " + words(variant["summary"]));
    if (!variant["why_not"].is_null()) print_entry("", cannot(variant["why_not"]));
  }
}

void print_configs(const Json& configs) {
  print(stdout, "configs\n");
  for (const Json& config : configs) {
    print_entry(words(config["name"]), config["why_not"].is_null() ? words(config["summary"])
                                                                   : "unusable: " + words(config["why_not"]));
  }
}

void print_fills(const Json& fills) {
  print(stdout, "fills\n");
  for (const Json& fill : fills) print_entry(words(fill["name"]), words(fill["summary"]));
}

void print_devices(const Json& devices) {
  const Json& cpu = devices["cpu"];
  print(stdout, "devices\n");
  print_entry("cpu", fmt::format("{}, {} threads", words(cpu["name"]), cpu["threads"].get<int>()));
  for (const Json& isa : cpu["isas"]) {
    const std::string option = "--isa " + words(isa["name"]);
    print_entry("", isa["why_not"].is_null() ? option : option + ": " + cannot(isa["why_not"]));
  }
  for (const Json& gpu : devices["gpus"]) {
    const int ordinal = gpu["ordinal"].get<int>();
    const int capability = gpu["capability"].get<int>();
    print_entry(fmt::format("gpu {}", ordinal),
                fmt::format("{}, compute capability {}.{}, {} SMs, {:.1f} GB, {:.0f} MB of L2",
                            words(gpu["name"]), capability / 10, capability % 10, gpu["sm_count"].get<int>(),
                            gpu["memory_bytes"].get<double>() / 1e9, gpu["l2_bytes"].get<double>() / 1e6));
    if (devices["gpus"].size() > 1) print_entry("", fmt::format("--device {}", ordinal));
  }
  if (devices["gpus"].empty()) print_entry("gpu", "none: " + words(devices["why_no_gpu"]));
  if (devices["datasheets"].empty()) return;
  print(stdout, "datasheets that results are compared with\n");
  for (const Json& peak : devices["datasheets"]) {
    print_entry(words(peak["name"]),
                fmt::format("{:.2f} TB/s, {:.0f} TFLOP/s", peak["bytes_per_s"].get<double>() / 1e12,
                            peak["flops_per_s"].get<double>() / 1e12));
  }
}

}  // namespace

Exit list_command(const ListCommand& command, std::span<const kernels::Variant* const> variants) {
  const auto wanted = [&](ListWhat what) { return command.what == what || command.what == ListWhat::all; };
  Json all = Json::object();
  if (wanted(ListWhat::variants)) all["variants"] = variants_json(variants);
  if (wanted(ListWhat::configs)) all["configs"] = configs_json();
  if (wanted(ListWhat::fills)) all["fills"] = fills_json();
  if (wanted(ListWhat::devices)) all["devices"] = devices_json();
  if (command.json) {
    write(stdout, record::json_text(all));
    return Exit::passed;
  }
  if (all.contains("variants")) print_variants(all["variants"]);
  if (all.contains("configs")) print_configs(all["configs"]);
  if (all.contains("fills")) print_fills(all["fills"]);
  if (all.contains("devices")) print_devices(all["devices"]);
  return Exit::passed;
}

}  // namespace nvfp4bench::cli
