#include "record/load.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"
#include "record/dump_index.hpp"
#include "record/npy.hpp"
#include "text/problem_fields.hpp"
#include "text/strict_json.hpp"

namespace nvfp4bench::record {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileName = 4096;

[[noreturn]] void fail(const fs::path& file, const std::string& what) {
  throw std::runtime_error(fmt::format("{}: {}", file.string(), what));
}

constexpr std::array<std::string_view, 7> kIndexKeys = {"format",  "version",  "problem", "groups",
                                                        "c_dtype", "acc_unit", "outputs"};
constexpr std::array<std::string_view, 8> kProblemKeys = {"name", "description", "op",         "output",
                                                          "fill", "seed",        "pad_scales", "groups"};
constexpr std::array<std::string_view, 14> kGroupKeys = {
    "a",    "sfa",          "sfa_blocked", "alpha1", "acc1",         "c_reference", "b1",
    "sfb1", "sfb1_blocked", "b2",          "sfb2",   "sfb2_blocked", "alpha2",      "acc2"};
constexpr std::array<std::string_view, 6> kSizeKeys = {"m", "n", "k", "l", "alpha1", "alpha2"};

/// The index of a directory. The document is read once; nodes of it serve as long as this lives.
class Index {
 public:
  explicit Index(const fs::path& directory)
      : directory_(directory),
        origin_((directory / kIndexFile).string()),
        document_(text::parse_json(text::read_file(origin_, kDumpIndexLimit), origin_, kDumpIndexLimit)) {
    if (!document_.is_object()) root().fail_expected("an object");
    if (!document_.contains("format") || document_["format"] != kDumpFormat ||
        !document_.contains("version") || document_["version"] != kDumpVersion) {
      root().fail(fmt::format(R"(expected "format": "{}" and "version": {})", kDumpFormat, kDumpVersion));
    }
    root().expect_object(kIndexKeys);
  }

  Problem problem() const {
    Problem problem;
    problem.name = default_name();
    problem.fill = kGivenFill;
    if (!root().has("problem")) return problem;
    const text::Node node = root()["problem"];
    node.expect_object(kProblemKeys);
    text::parse_problem_fields(node, problem);
    if (node.has("fill")) problem.fill = node["fill"].text(text::kMaxNameLength);
    return problem;
  }

  std::size_t num_groups() const {
    if (!root().has("groups")) root().fail("expected a list \"groups\"");
    const text::Node groups = root()["groups"];
    if (!groups.value->is_array() || groups.value->empty())
      groups.fail_expected("a list of at least one group");
    return groups.value->size();
  }

  /// The file that `key` of a group names; nullopt where there is no such key.
  std::optional<fs::path> array_file(std::size_t group, std::string_view key) const {
    const std::optional<text::Node> found = member(group, key);
    if (!found) return std::nullopt;
    if (!found->value->is_string()) found->fail_expected("a file name");
    fs::path file = directory_ / found->text(kMaxFileName);
    files_.push_back(file);
    return file;
  }

  fs::path required_file(std::size_t group, std::string_view key) const {
    const auto found = array_file(group, key);
    if (!found) group_node(group).fail(fmt::format("no {} given, expected a file name", key));
    return *found;
  }

  float alpha(std::size_t group, std::string_view key) const {
    const std::optional<text::Node> found = member(group, key);
    return found ? text::parse_alpha(*found) : 1;
  }

  /// Where the index describes the groups too, they must be those that the arrays make.
  void expect_described(const std::vector<Group>& groups) const {
    if (!root().has("problem") || !root()["problem"].has("groups")) return;
    const text::Node list = root()["problem"]["groups"];
    if (!list.value->is_array() || list.value->size() != groups.size())
      list.fail_expected(fmt::format("a list of {}, as many groups as \"groups\" has", groups.size()));
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const text::Node described = list[i];
      described.expect_object(kSizeKeys);
      const Group& g = groups[i];
      for (const auto& [key, size] : {std::pair("m", g.m), {"n", g.n}, {"k", g.k}, {"l", g.l}}) {
        if (described.has(key) && *described[key].value != size)
          described[key].fail_expected(fmt::format("{} as in the arrays", size));
      }
      for (const auto& [key, alpha] : {std::pair("alpha1", g.alpha1), {"alpha2", g.alpha2}}) {
        if (described.has(key) && text::parse_alpha(described[key]) != alpha.value_or(1))
          described[key].fail_expected(fmt::format("{}, the {} of group {}", alpha.value_or(1), key, i));
      }
    }
  }

  /// All that array_file() named so far, and the index itself.
  std::vector<fs::path> files() const {
    std::vector<fs::path> all = files_;
    all.emplace_back(origin_);
    return all;
  }

 private:
  text::Node root() const { return {.value = &document_, .origin = origin_}; }

  text::Node group_node(std::size_t group) const {
    text::Node node = root()["groups"][group];
    node.expect_object(kGroupKeys);
    return node;
  }

  /// Null counts as absent.
  std::optional<text::Node> member(std::size_t group, std::string_view key) const {
    const text::Node object = group_node(group);
    if (!object.has(key) || object[key].value->is_null()) return std::nullopt;
    return object[key];
  }

  /// The directory's, or one that always serves.
  std::string default_name() const {
    std::error_code ignored;
    const std::string name = fs::absolute(directory_, ignored).lexically_normal().filename().string();
    return is_problem_name(name) ? name : "loaded";
  }

  fs::path directory_;
  std::string origin_;
  nlohmann::json document_;
  mutable std::vector<fs::path> files_;
};

std::string spell(std::span<const int64_t> shape) {
  std::string text;
  for (const int64_t size : shape) text += fmt::format("{}{}", text.empty() ? "" : ", ", size);
  return "[" + text + "]";
}

/// Reads an array of bytes with `rank` dimensions.
NpyArray read_bytes(const fs::path& file, std::size_t rank, const char* meaning) {
  NpyArray array = read_npy(file);
  if (array.type != NpyType::u8 || array.shape.size() != rank) {
    fail(file, fmt::format("expected |u1 {}, got {} {}", meaning, npy_descr(array.type), spell(array.shape)));
  }
  return array;
}

void expect_shape(const fs::path& file, const NpyArray& array, std::initializer_list<int64_t> expected) {
  if (!std::ranges::equal(array.shape, expected)) {
    fail(file, fmt::format("expected shape {} to go with the codes, got {}",
                           spell(std::span(expected.begin(), expected.size())), spell(array.shape)));
  }
}

void expect_scale_codes(const fs::path& file, const NpyArray& array) {
  const uint8_t* const begin = array.bytes.data();
  const uint8_t* const end = begin + array.bytes.size();
  const uint8_t* const bad = std::find_if_not(begin, end, nvfp4::ue4m3_is_valid);
  if (bad != end) {
    fail(file,
         fmt::format("expected UE4M3 scales below 0x80, got 0x{:02x} at element {}", *bad, bad - begin));
  }
}

/// Kernels may rely on zeros along K, beside the scales of a row. Padding rows may hold anything.
void expect_zero_padding(const fs::path& file, const data::Matrix& matrix,
                         const data::AlignedBuffer& blocked) {
  const int64_t bytes = nvfp4::blocked_scale_bytes(matrix.rows, matrix.k);
  const int64_t end = nvfp4::scale_tiles_per_row(matrix.k) * nvfp4::kScaleTileCols;
  if (matrix.k / kScaleBlock == end || bytes == 0) return;
  for (int64_t row = 0; row < matrix.l * matrix.rows; ++row) {
    for (int64_t s = matrix.k / kScaleBlock; s < end; ++s) {
      const int64_t at =
          row / matrix.rows * bytes + nvfp4::blocked_scale_offset(row % matrix.rows, s, matrix.k);
      if (blocked.data()[at] != 0) {
        fail(file, fmt::format("expected zeros in the padding along K, got 0x{:02x} at element {}",
                               blocked.data()[at], at));
      }
    }
  }
}

data::Matrix load_codes(const fs::path& file) {
  NpyArray codes = read_bytes(file, 3, "[l, rows, k/2]");
  const int64_t l = codes.shape[0];
  const int64_t k_bytes = codes.shape[2];
  if (l < 1 || k_bytes < 1 || k_bytes % (kScaleBlock / 2) != 0 || k_bytes > kMaxK / 2) {
    fail(file,
         fmt::format("expected [l, rows, k/2] with l at least 1 and k a multiple of {} up to {}, got {}",
                     kScaleBlock, kMaxK, spell(codes.shape)));
  }
  return {codes.shape[1], k_bytes * 2, l, std::move(codes.bytes), {}};
}

data::AlignedBuffer load_blocked(const fs::path& file, const data::Matrix& matrix) {
  NpyArray blocked = read_bytes(file, 2, "[l, bytes]");
  expect_shape(file, blocked, {matrix.l, nvfp4::blocked_scale_bytes(matrix.rows, matrix.k)});
  expect_scale_codes(file, blocked);
  expect_zero_padding(file, matrix, blocked.bytes);
  return std::move(blocked.bytes);
}

/// Blocked, with zeros as padding.
data::AlignedBuffer load_linear(const fs::path& file, const data::Matrix& matrix) {
  const NpyArray linear = read_bytes(file, 3, "[l, rows, k/16]");
  const int64_t linear_bytes = matrix.rows * matrix.k / kScaleBlock;
  expect_shape(file, linear, {matrix.l, matrix.rows, matrix.k / kScaleBlock});
  expect_scale_codes(file, linear);
  const int64_t blocked_bytes = nvfp4::blocked_scale_bytes(matrix.rows, matrix.k);
  data::AlignedBuffer blocked(static_cast<std::size_t>(matrix.l * blocked_bytes));
  // An empty matrix may claim any l; only its neighbours' files bound that.
  for (int64_t l = 0; l < matrix.l && linear_bytes > 0; ++l) {
    nvfp4::linear_to_blocked(linear.bytes.data() + l * linear_bytes, matrix.rows, matrix.k,
                             blocked.data() + l * blocked_bytes);
  }
  return blocked;
}

void expect_same_scales(const fs::path& linear_file, const data::AlignedBuffer& linear,
                        const fs::path& blocked_file, const data::AlignedBuffer& blocked,
                        const data::Matrix& matrix) {
  const int64_t bytes = nvfp4::blocked_scale_bytes(matrix.rows, matrix.k);
  if (bytes == 0) return;  // then l may be anything
  for (int64_t row = 0; row < matrix.l * matrix.rows; ++row) {
    for (int64_t s = 0; s < matrix.k / kScaleBlock; ++s) {
      const int64_t at =
          row / matrix.rows * bytes + nvfp4::blocked_scale_offset(row % matrix.rows, s, matrix.k);
      if (linear.data()[at] != blocked.data()[at]) {
        fail(blocked_file,
             fmt::format("expected the scales of {}, got 0x{:02x} for 0x{:02x} at element {}",
                         linear_file.filename().string(), blocked.data()[at], linear.data()[at], at));
      }
    }
  }
}

/// Linear or blocked scales; where both are given, they must be the same. The blocked ones have the padding.
data::AlignedBuffer load_scales(const Index& index, std::size_t group, const MatrixKeys& keys,
                                const data::Matrix& matrix) {
  const auto blocked_file = index.array_file(group, keys.blocked);
  if (blocked_file && !index.array_file(group, keys.linear)) return load_blocked(*blocked_file, matrix);
  const fs::path linear_file = index.required_file(group, keys.linear);
  data::AlignedBuffer linear = load_linear(linear_file, matrix);
  if (!blocked_file) return linear;
  data::AlignedBuffer blocked = load_blocked(*blocked_file, matrix);
  expect_same_scales(linear_file, linear, *blocked_file, blocked, matrix);
  return blocked;
}

data::Matrix load_matrix(const Index& index, std::size_t group, const std::string& name) {
  const MatrixKeys keys(name);
  data::Matrix matrix = load_codes(index.required_file(group, keys.codes));
  matrix.scales = load_scales(index, group, keys, matrix);
  return matrix;
}

/// Holds `matrix` to the sizes that another matrix of its group set.
void expect_sizes(const fs::path& file, const data::Matrix& matrix, int64_t rows, int64_t k, int64_t l) {
  if (matrix.rows == rows && matrix.k == k && matrix.l == l) return;
  fail(file, fmt::format("expected shape {} to go with the group's other matrices, got {}",
                         spell(std::array{l, rows, k / 2}),
                         spell(std::array{matrix.l, matrix.rows, matrix.k / 2})));
}

}  // namespace

Loaded load(const fs::path& directory) {
  const Index index(directory);
  Loaded loaded{index.problem(), {}, {}};
  for (std::size_t g = 0; g < index.num_groups(); ++g) {
    data::GroupOperands operands;
    operands.a = load_matrix(index, g, "a");
    operands.b1 = load_matrix(index, g, "b1");
    const data::Matrix& a = operands.a;
    const int64_t n = operands.b1.rows;
    if (n < 1) fail(index.required_file(g, "b1"), "expected at least one row");
    expect_sizes(index.required_file(g, "b1"), operands.b1, n, a.k, a.l);
    if (loaded.problem.op == Op::dual_gemm_silu) {
      operands.b2 = load_matrix(index, g, "b2");
      expect_sizes(index.required_file(g, "b2"), operands.b2, n, a.k, a.l);
    }
    operands.alpha1 = index.alpha(g, "alpha1");
    operands.alpha2 = index.alpha(g, "alpha2");
    loaded.problem.groups.push_back({a.rows, n, a.k, a.l, operands.alpha1, operands.alpha2});
    loaded.operands.groups.push_back(std::move(operands));
  }
  index.expect_described(loaded.problem.groups);
  loaded.files = index.files();
  return loaded;
}

}  // namespace nvfp4bench::record
