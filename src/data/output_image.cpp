#include "data/output_image.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

#include "data/poison.hpp"

namespace nvfp4bench::data {
namespace {

/// Fingerprints hash chunks of this size apart, so that threads can share the work.
constexpr int64_t kChunkBytes = 1 << 20;

/// One step of the hash. For a fixed word it permutes the states, so one differing word always shows.
uint64_t mix(uint64_t state, uint64_t word) {
  state = (state ^ word) * 0x9E3779B97F4A7C15;
  return state ^ (state >> 32);
}

uint64_t hash(const uint8_t* bytes, int64_t size) {
  uint64_t state = static_cast<uint64_t>(size);
  int64_t i = 0;
  for (; i + 8 <= size; i += 8) {
    uint64_t word;
    std::memcpy(&word, bytes + i, 8);
    state = mix(state, word);
  }
  uint64_t tail = 0;
  std::memcpy(&tail, bytes + i, static_cast<size_t>(size - i));
  return mix(state, tail);
}

}  // namespace

std::size_t OutputImage::lay_out(const Problem& problem) {
  constexpr std::size_t kAlignment = AlignedBuffer::kAlignment;
  outputs_.reserve(problem.groups.size());
  std::size_t bytes = 0;
  for (const Group& group : problem.groups) {
    const int64_t count = group.l * group.m * group.n;
    const int64_t size_bytes = count * bytes_per_element(type_);
    outputs_.push_back({bytes, count, size_bytes});
    const auto with_bands = static_cast<std::size_t>(size_bytes + 2 * kGuardBytes);
    bytes += (with_bands + kAlignment - 1) / kAlignment * kAlignment;
  }
  return bytes;
}

OutputImage::OutputImage(const Problem& problem)
    : type_(problem.output), buffer_(lay_out(problem)), memory_(buffer_.data(), buffer_.size()) {
  poison(nan_poison(type_));
}

OutputImage::OutputImage(const Problem& problem, std::span<uint8_t> memory)
    : type_(problem.output), memory_(memory) {
  if (lay_out(problem) != memory.size()) throw std::invalid_argument("not the size of these outputs");
}

void OutputImage::poison(uint32_t pattern) {
  for (const Output& output : outputs_) {
    std::fill_n(c(output) - kGuardBytes, kGuardBytes, kGuardByte);
    fill_poison(c(output), output.count, type_, pattern);
    std::fill_n(c(output) + output.size_bytes, kGuardBytes, kGuardByte);
  }
}

void OutputImage::attach(ProblemView& view) {
  for (size_t i = 0; i < outputs_.size(); ++i) view.groups[i].c = c(outputs_[i]);
}

std::vector<std::span<uint8_t>> OutputImage::images() {
  std::vector<std::span<uint8_t>> images;
  for (const Output& output : outputs_) {
    images.push_back(
        memory_.subspan(output.begin, static_cast<std::size_t>(output.size_bytes + 2 * kGuardBytes)));
  }
  return images;
}

std::string OutputImage::damage() const {
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const uint8_t* begin = c(outputs_[i]);
    const uint8_t* end = begin + outputs_[i].size_bytes;
    for (int64_t distance = 1; distance <= kGuardBytes; ++distance) {
      if (begin[-distance] != kGuardByte) {
        return fmt::format("wrote outside its output: {} bytes before the start of c of group {}", distance,
                           i);
      }
      if (end[distance - 1] != kGuardByte) {
        return fmt::format("wrote outside its output: {} bytes past the end of c of group {}", distance, i);
      }
    }
  }
  return "";
}

uint64_t OutputImage::fingerprint(int threads) const {
  uint64_t state = 0;
  for (const Output& output : outputs_) {
    const int64_t chunks = (output.size_bytes + kChunkBytes - 1) / kChunkBytes;
    std::vector<uint64_t> hashes(static_cast<size_t>(chunks));
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t chunk = 0; chunk < chunks; ++chunk) {
      const int64_t begin = chunk * kChunkBytes;
      hashes[chunk] = hash(c(output) + begin, std::min(kChunkBytes, output.size_bytes - begin));
    }
    for (uint64_t chunk_hash : hashes) state = mix(state, chunk_hash);
  }
  return state;
}

}  // namespace nvfp4bench::data
