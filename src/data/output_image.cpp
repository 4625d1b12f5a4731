#include "data/output_image.hpp"

#include <algorithm>
#include <cstring>

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

uint8_t* OutputImage::Output::c() { return buffer.data() + kGuardBytes; }
const uint8_t* OutputImage::Output::c() const { return buffer.data() + kGuardBytes; }

OutputImage::OutputImage(const Problem& problem) : type_(problem.output) {
  outputs_.reserve(problem.groups.size());
  for (const Group& group : problem.groups) {
    Output output;
    output.count = group.l * group.m * group.n;
    output.size_bytes = output.count * bytes_per_element(type_);
    output.buffer = AlignedBuffer(static_cast<size_t>(output.size_bytes + 2 * kGuardBytes));
    outputs_.push_back(std::move(output));
  }
  poison(nan_poison(type_));
}

void OutputImage::poison(uint32_t pattern) {
  for (Output& output : outputs_) {
    std::fill_n(output.buffer.data(), kGuardBytes, kGuardByte);
    fill_poison(output.c(), output.count, type_, pattern);
    std::fill_n(output.c() + output.size_bytes, kGuardBytes, kGuardByte);
  }
}

void OutputImage::attach(ProblemView& view) {
  for (size_t i = 0; i < outputs_.size(); ++i) view.groups[i].c = outputs_[i].c();
}

std::vector<std::span<uint8_t>> OutputImage::images() {
  std::vector<std::span<uint8_t>> images;
  for (Output& output : outputs_) images.emplace_back(output.buffer.data(), output.buffer.size());
  return images;
}

std::string OutputImage::damage() const {
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const uint8_t* begin = outputs_[i].c();
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
      hashes[chunk] = hash(output.c() + begin, std::min(kChunkBytes, output.size_bytes - begin));
    }
    for (uint64_t chunk_hash : hashes) state = mix(state, chunk_hash);
  }
  return state;
}

}  // namespace nvfp4bench::data
