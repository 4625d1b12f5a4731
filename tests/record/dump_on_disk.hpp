// A directory as a dump leaves it, to be damaged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/operands.hpp"
#include "nvfp4/scale_layout.hpp"
#include "record/npy.hpp"
#include "temporary_directory.hpp"

namespace nvfp4bench::test {

inline constexpr std::string_view kIndex = R"({"format": "nvfp4bench-dump", "version": 1,
  "problem": {"name": "mine", "op": "dual_gemm_silu", "output": "bf16", "fill": "gauss", "seed": 3},
  "groups": [{"a": "a.npy", "sfa": "sfa.npy", "b1": "b1.npy", "sfb1": "sfb1.npy",
              "b2": "b2.npy", "sfb2": "sfb2.npy", "alpha1": 0.5}]})";

inline void write_bytes(const std::filesystem::path& file, std::vector<int64_t> shape,
                        std::span<const uint8_t> bytes) {
  record::write_npy(file, record::NpyType::u8, shape, bytes.data());
}

/// One group of 3 x 5 x 48 x 2.
class DumpOnDisk {
 public:
  DumpOnDisk() {
    Problem problem;
    problem.groups = {{3, 5, 48, 2, {}, {}}};
    operands_ = data::generate(problem, 1);
    const data::GroupOperands& group = operands_.groups[0];
    for (const auto& [name, matrix] :
         {std::pair<const char*, const data::Matrix*>{"a", &group.a}, {"b1", &group.b1}, {"b2", &group.b2}}) {
      write_bytes(file(name), {2, matrix->rows, 24}, {matrix->codes.data(), matrix->codes.size()});
      std::vector<uint8_t> linear(static_cast<std::size_t>(2 * matrix->rows * 3));
      const int64_t blocked_bytes = nvfp4::blocked_scale_bytes(matrix->rows, 48);
      for (int64_t l = 0; l < 2; ++l) {
        nvfp4::blocked_to_linear(matrix->scales.data() + l * blocked_bytes, matrix->rows, 48,
                                 linear.data() + l * matrix->rows * 3);
      }
      write_bytes(file(std::string("sf") + name), {2, matrix->rows, 3}, linear);
      write_bytes(file(std::string("sf") + name + "_blocked"), {2, blocked_bytes},
                  {matrix->scales.data(), matrix->scales.size()});
    }
    write_index(std::string(kIndex));
  }

  std::filesystem::path file(const std::string& name) const { return directory_.path() / (name + ".npy"); }
  void write_index(const std::string& text) const { std::ofstream(directory_.path() / "index.json") << text; }

  /// The index with one piece of its text replaced.
  void edit_index(const std::string& from, const std::string& to) const {
    std::string text(kIndex);
    write_index(text.replace(text.find(from), from.size(), to));
  }

  const std::filesystem::path& path() const { return directory_.path(); }
  const data::GroupOperands& group() const { return operands_.groups[0]; }

 private:
  TemporaryDirectory directory_;
  data::Operands operands_;
};

}  // namespace nvfp4bench::test
