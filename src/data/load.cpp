#include "data/load.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "data/npy.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::data {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& file, const std::string& what) {
  throw std::runtime_error(fmt::format("{}: {}", file.string(), what));
}

/// The index, with errors that name the file and the place in it.
class Index {
 public:
  explicit Index(const fs::path& directory) : directory_(directory), file_(directory / "index.json") {
    std::ifstream in(file_);
    if (!in) fail(file_, "no such file, or it cannot be read");
    root_ = json::parse(in, nullptr, false);
    if (!root_.is_object()) fail(file_, "expected a JSON object");
    if (root_.value("format", json()) != "nvfp4bench-dump" || root_.value("version", json()) != 1) {
      fail(file_, R"(expected "format": "nvfp4bench-dump" and "version": 1)");
    }
  }

  Problem problem() const {
    const json object = root_.value("problem", json::object());
    if (!object.is_object()) fail(file_, "/problem: expected an object");
    Problem problem;
    problem.name = text(object, "name", default_name());
    if (!is_problem_name(problem.name)) {
      fail(file_, "/problem/name: expected a name on one line that a folder can have");
    }
    problem.description = text(object, "description", "");
    problem.fill = text(object, "fill", std::string(kGivenFill));
    problem.op = one_of(object, "op", std::array{Op::dual_gemm_silu, Op::gemm});
    problem.output = one_of(object, "output", std::array{OutputType::f16, OutputType::bf16, OutputType::f32});
    if (const auto seed = object.find("seed"); seed != object.end()) {
      if (!seed->is_number_unsigned()) fail(file_, "/problem/seed: expected an integer of at least 0");
      problem.seed = seed->get<uint64_t>();
    }
    return problem;
  }

  std::size_t num_groups() const {
    const auto groups = root_.find("groups");
    if (groups == root_.end() || !groups->is_array() || groups->empty()) {
      fail(file_, "/groups: expected an array of at least one group");
    }
    return groups->size();
  }

  /// The file that `key` of a group names; nullopt where there is no such key.
  std::optional<fs::path> array_file(std::size_t group, const char* key) const {
    const json& object = group_object(group);
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return std::nullopt;
    if (!found->is_string()) fail(file_, fmt::format("/groups/{}/{}: expected a file name", group, key));
    return directory_ / found->get<std::string>();
  }

  fs::path required_file(std::size_t group, const char* key) const {
    const auto found = array_file(group, key);
    if (!found) fail(file_, fmt::format("/groups/{}/{}: missing, expected a file name", group, key));
    return *found;
  }

  float alpha(std::size_t group, const char* key) const {
    const json& object = group_object(group);
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return 1;
    const float value = found->is_number() ? found->get<float>() : NAN;
    if (!(std::abs(value) <= kMaxAlpha)) {
      fail(file_, fmt::format("/groups/{}/{}: expected a number between -2^60 and 2^60", group, key));
    }
    return value;
  }

 private:
  /// The directory's, or one that always serves.
  std::string default_name() const {
    const std::string name = fs::absolute(directory_).lexically_normal().filename().string();
    return is_problem_name(name) ? name : "loaded";
  }

  const json& group_object(std::size_t group) const {
    const json& object = root_.at("groups").at(group);
    if (!object.is_object()) fail(file_, fmt::format("/groups/{}: expected an object", group));
    return object;
  }

  std::string text(const json& object, const char* key, const std::string& otherwise) const {
    const auto found = object.find(key);
    if (found == object.end()) return otherwise;
    if (!found->is_string()) fail(file_, fmt::format("/problem/{}: expected a string", key));
    return found->get<std::string>();
  }

  /// The value spelled as to_string spells it; the first one where there is no such key.
  template <class Value, std::size_t n>
  Value one_of(const json& object, const char* key, const std::array<Value, n>& values) const {
    const std::string given = text(object, key, std::string(to_string(values[0])));
    std::string known;
    for (const Value value : values) {
      if (given == to_string(value)) return value;
      known += fmt::format("{}{}", known.empty() ? "" : ", ", to_string(value));
    }
    fail(file_, fmt::format("/problem/{}: expected one of {}, got '{}'", key, known, given));
  }

  fs::path directory_;
  fs::path file_;
  json root_;
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

/// Kernels may read the padding, and rely on its zeros.
void expect_zero_padding(const fs::path& file, const Matrix& matrix, const AlignedBuffer& blocked) {
  const int64_t bytes = nvfp4::blocked_scale_bytes(matrix.rows, matrix.k);
  std::vector<uint8_t> linear(static_cast<std::size_t>(matrix.rows * matrix.k / kScaleBlock));
  std::vector<uint8_t> padded(static_cast<std::size_t>(bytes));
  for (int64_t l = 0; l < matrix.l && bytes > 0; ++l) {
    nvfp4::blocked_to_linear(blocked.data() + l * bytes, matrix.rows, matrix.k, linear.data());
    nvfp4::linear_to_blocked(linear.data(), matrix.rows, matrix.k, padded.data());
    const auto [expected, got] = std::mismatch(padded.begin(), padded.end(), blocked.data() + l * bytes);
    if (expected != padded.end()) {
      fail(file, fmt::format("expected zeros in the padding of the layout, got 0x{:02x} at element {}", *got,
                             got - blocked.data()));
    }
  }
}

Matrix load_codes(const fs::path& file) {
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

AlignedBuffer load_scales(const Index& index, std::size_t group, const std::string& key,
                          const Matrix& matrix) {
  const int64_t blocked_bytes = nvfp4::blocked_scale_bytes(matrix.rows, matrix.k);
  const std::string blocked_key = key + "_blocked";
  const auto linear_file = index.array_file(group, key.c_str());
  const auto blocked_file = index.array_file(group, blocked_key.c_str());
  if (!linear_file && blocked_file) {
    NpyArray blocked = read_bytes(*blocked_file, 2, "[l, bytes]");
    expect_shape(*blocked_file, blocked, {matrix.l, blocked_bytes});
    expect_scale_codes(*blocked_file, blocked);
    expect_zero_padding(*blocked_file, matrix, blocked.bytes);
    return std::move(blocked.bytes);
  }

  const fs::path file = index.required_file(group, key.c_str());
  const NpyArray linear = read_bytes(file, 3, "[l, rows, k/16]");
  const int64_t linear_bytes = matrix.rows * matrix.k / kScaleBlock;
  expect_shape(file, linear, {matrix.l, matrix.rows, matrix.k / kScaleBlock});
  expect_scale_codes(file, linear);
  AlignedBuffer blocked(static_cast<std::size_t>(matrix.l * blocked_bytes));
  // An empty matrix may claim any l; only its neighbours' files bound that.
  for (int64_t l = 0; l < matrix.l && linear_bytes > 0; ++l) {
    nvfp4::linear_to_blocked(linear.bytes.data() + l * linear_bytes, matrix.rows, matrix.k,
                             blocked.data() + l * blocked_bytes);
  }
  return blocked;
}

Matrix load_matrix(const Index& index, std::size_t group, const std::string& name) {
  Matrix matrix = load_codes(index.required_file(group, name.c_str()));
  matrix.scales = load_scales(index, group, "sf" + name, matrix);
  return matrix;
}

/// Holds `matrix` to the sizes that another matrix of its group set.
void expect_sizes(const fs::path& file, const Matrix& matrix, int64_t rows, int64_t k, int64_t l) {
  if (matrix.rows == rows && matrix.k == k && matrix.l == l) return;
  fail(file, fmt::format("expected shape {} to go with the group's other matrices, got {}",
                         spell(std::array{l, rows, k / 2}),
                         spell(std::array{matrix.l, matrix.rows, matrix.k / 2})));
}

}  // namespace

Loaded load(const fs::path& directory) {
  const Index index(directory);
  Loaded loaded{index.problem(), {}};
  for (std::size_t g = 0; g < index.num_groups(); ++g) {
    GroupOperands operands;
    operands.a = load_matrix(index, g, "a");
    operands.b1 = load_matrix(index, g, "b1");
    const Matrix& a = operands.a;
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
  return loaded;
}

}  // namespace nvfp4bench::data
