#include "record/dump.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "nvfp4/scale_layout.hpp"
#include "record/dump_index.hpp"
#include "record/npy.hpp"
#include "record/problem_json.hpp"
#include "record/replace_file.hpp"
#include "text/config_error.hpp"
#include "text/strict_json.hpp"
#include "validate/exact_group.hpp"
#include "validate/output_number.hpp"

namespace nvfp4bench::record {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// "cpu/two_pass" becomes "cpu_two_pass".
std::string file_name(std::string variant) {
  std::replace(variant.begin(), variant.end(), '/', '_');
  return variant;
}

std::string array_file(std::size_t group, const std::string& array) {
  return fmt::format("g{}_{}.npy", group, array);
}

/// With the folders above it. Appends those that were not there to `created`.
void create_folder(const fs::path& folder, std::vector<fs::path>& created) {
  std::error_code error;
  std::vector<fs::path> missing;
  for (fs::path path = folder; !path.empty() && !fs::exists(path, error); path = path.parent_path())
    missing.push_back(path);
  fs::create_directories(folder, error);
  created.insert(created.end(), missing.rbegin(), missing.rend());
  if (error)
    throw std::runtime_error(
        fmt::format("{}: cannot create the folder: {}", folder.string(), error.message()));
}

/// An index.json that is no dump's, or that cannot be read.
bool is_foreign(const fs::path& index) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(index, ignored))) return false;
  try {
    const nlohmann::json document =
        text::parse_json(text::read_file(index, kDumpIndexLimit), index.string(), kDumpIndexLimit);
    return !document.is_object() || !document.contains("format") || document["format"] != kDumpFormat;
  } catch (const text::ConfigError&) {
    return true;
  }
}

void check_usable(const fs::path& folder) {
  const fs::path index = folder / kIndexFile;
  if (is_foreign(index))
    throw std::runtime_error(
        fmt::format("{}: exists, and is no index of a dump; remove it, or dump elsewhere", index.string()));
  if (const std::string why = why_not_replaceable(index); !why.empty())
    throw std::runtime_error(fmt::format("{}: cannot write into this folder: {}", folder.string(), why));
}

NpyType npy_type(OutputType type) {
  switch (type) {
    case OutputType::f16:
      return NpyType::f16;
    case OutputType::bf16:
      return NpyType::u16;
    case OutputType::f32:
      return NpyType::f32;
  }
  return NpyType::u16;
}

/// The arrays of one group go through here, so that names and shapes are spelled once.
class GroupWriter {
 public:
  GroupWriter(fs::path folder, std::size_t index, const GroupView& group, OutputType output)
      : folder_(std::move(folder)), index_(index), group_(group), output_(output) {}

  /// `name` "b1" writes b1_codes, and sfb1 both ways.
  void matrix(const std::string& name, const MatrixView& x) const {
    write(name + "_codes", NpyType::u8, {x.l, x.rows, x.k / 2}, x.codes);
    const int64_t blocked_bytes = nvfp4::blocked_scale_bytes(x.rows, x.k);
    write("sf" + name + "_blocked", NpyType::u8, {x.l, blocked_bytes}, x.scales);
    const int64_t scales = x.rows * (x.k / kScaleBlock);
    std::vector<uint8_t> linear(x.l * scales);
    for (int64_t l = 0; l < x.l; ++l) {
      nvfp4::blocked_to_linear(x.scales + l * blocked_bytes, x.rows, x.k, linear.data() + l * scales);
    }
    write("sf" + name + "_linear", NpyType::u8, {x.l, x.rows, x.k / kScaleBlock}, linear.data());
  }

  void accumulators(const std::string& name, const std::vector<int64_t>& acc) const {
    write(name, NpyType::i64, {group_.l(), group_.m(), group_.n()}, acc.data());
  }

  void output(const std::string& name, const void* c) const {
    write(name, npy_type(output_), {group_.l(), group_.m(), group_.n()}, c);
  }

 private:
  void write(const std::string& name, NpyType type, std::vector<int64_t> shape, const void* data) const {
    write_npy(folder_ / array_file(index_, name), type, shape, data);
  }

  fs::path folder_;
  std::size_t index_;
  const GroupView& group_;
  OutputType output_;
};

/// The exact values, each rounded once to the output type.
std::vector<uint8_t> reference_output(const ProblemView& problem, const GroupView& group,
                                      const validate::GroupReference& reference) {
  const validate::Epilogue epilogue{problem.op, problem.output, {}, group.alpha1, group.alpha2};
  const validate::ExactGroup exact(epilogue, group, reference);
  const int64_t size = bytes_per_element(problem.output);
  std::vector<uint8_t> c(group.l() * group.m() * group.n() * size);
  for (int64_t row = 0; row < group.l() * group.m(); ++row) {
    for (int64_t n = 0; n < group.n(); ++n) {
      const uint32_t bits = validate::round_to_bits(exact.output(row, n), problem.output);
      const int64_t i = row * group.n() + n;
      for (int64_t byte = 0; byte < size; ++byte)
        c[i * size + byte] = static_cast<uint8_t>(bits >> (8 * byte));
    }
  }
  return c;
}

Json group_json(std::size_t index, const ProblemView& problem) {
  const bool dual = problem.op == Op::dual_gemm_silu;
  const auto file = [&](const std::string& array) { return array_file(index, array); };
  Json json;
  for (const std::string name : {"a", "b1", "b2"}) {
    if (name == "b2" && !dual) continue;
    const MatrixKeys keys(name);
    json[keys.codes] = file(name + "_codes");
    json[keys.linear] = file("sf" + name + "_linear");
    json[keys.blocked] = file("sf" + name + "_blocked");
  }
  json["alpha1"] = problem.groups[index].alpha1;
  if (dual) json["alpha2"] = problem.groups[index].alpha2;
  json["acc1"] = file("acc1");
  if (dual) json["acc2"] = file("acc2");
  json["c_reference"] = file("c_reference");
  return json;
}

void write_index(const fs::path& folder, const Problem& problem, const ProblemView& view,
                 const std::vector<std::string>& variants) {
  Json groups = Json::array();
  for (std::size_t i = 0; i < view.groups.size(); ++i) groups.push_back(group_json(i, view));
  Json outputs = Json::object();
  for (const std::string& variant : variants) {
    outputs[variant] = Json::array();
    for (std::size_t i = 0; i < view.groups.size(); ++i)
      outputs[variant].push_back(array_file(i, file_name(variant)));
  }
  const Json index{{"format", kDumpFormat},
                   {"version", kDumpVersion},
                   {"problem", problem_json(problem)},
                   {"c_dtype", to_string(problem.output)},
                   {"acc_unit", "2^-20"},
                   {"groups", std::move(groups)},
                   {"outputs", std::move(outputs)}};

  const fs::path path = folder / kIndexFile;
  if (const std::string why = replace_file(path, json_text(index)); !why.empty())
    throw std::runtime_error(fmt::format("{}: cannot write: {}", path.string(), why));
}

}  // namespace

bool is_dump_file(const fs::path& file) {
  return file.filename() == kIndexFile || file.extension() == ".npy";
}

Dump::Dump(fs::path folder, std::span<const Problem> problems)
    : folder_(std::move(folder)), folder_per_problem_(problems.size() > 1) {
  try {
    create_folder(folder_, created_);
    for (const Problem& problem : problems) {
      folders_.push_back(folder_of(problem));
      create_folder(folders_.back(), created_);
      check_usable(folders_.back());
    }
  } catch (...) {
    remove_unused();
    throw;
  }
}

Dump::~Dump() { remove_unused(); }

void Dump::remove_unused() {
  std::error_code not_empty;
  for (auto folder = created_.rbegin(); folder != created_.rend(); ++folder) fs::remove(*folder, not_empty);
}

/// Names of problems are names that folders can have.
fs::path Dump::folder_of(const Problem& problem) const {
  return folder_per_problem_ ? folder_ / problem.name : folder_;
}

void Dump::add_problem(const Problem& problem, const ProblemView& view,
                       const validate::Reference& reference) {
  const fs::path folder = folder_of(problem);
  const bool dual = view.op == Op::dual_gemm_silu;
  for (std::size_t i = 0; i < view.groups.size(); ++i) {
    const GroupView& group = view.groups[i];
    const GroupWriter writer(folder, i, group, view.output);
    writer.matrix("a", group.a);
    writer.matrix("b1", group.b1);
    if (dual) writer.matrix("b2", group.b2);
    writer.accumulators("acc1", reference.groups[i].acc1);
    if (dual) writer.accumulators("acc2", reference.groups[i].acc2);
    writer.output("c_reference", reference_output(view, group, reference.groups[i]).data());
  }
  variants_.clear();
  write_index(folder, problem, view, variants_);
}

void Dump::add_output(const Problem& problem, const ProblemView& view, const std::string& variant) {
  const fs::path folder = folder_of(problem);
  for (std::size_t i = 0; i < view.groups.size(); ++i) {
    GroupWriter(folder, i, view.groups[i], view.output).output(file_name(variant), view.groups[i].c);
  }
  if (std::find(variants_.begin(), variants_.end(), variant) == variants_.end()) variants_.push_back(variant);
  write_index(folder, problem, view, variants_);
}

}  // namespace nvfp4bench::record
