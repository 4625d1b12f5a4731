// NumPy .npy files, format 1.0, C order, little endian:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
//
// NumPy has no bf16: such arrays are written as u16 bit patterns.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "data/aligned_buffer.hpp"

namespace nvfp4bench::record {

enum class NpyType { u8, u16, i64, f16, f32, f64 };

/// The dtype in NumPy's spelling, such as "<f2".
std::string_view npy_descr(NpyType type);
int64_t item_bytes(NpyType type);

struct NpyArray {
  NpyType type = NpyType::u8;
  std::vector<int64_t> shape;
  data::AlignedBuffer bytes;
};

/// Writes the array that `data` points to. Failure is a std::runtime_error naming the file.
void write_npy(const std::filesystem::path& file, NpyType type, std::span<const int64_t> shape,
               const void* data);

/// Reads a whole file. One that is missing, is no such array, or is shorter or longer than its header says is
/// a std::runtime_error naming the file.
NpyArray read_npy(const std::filesystem::path& file);

}  // namespace nvfp4bench::record
