#include "data/output_image.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "data/poison.hpp"

namespace nvfp4bench::data {
namespace {

bool is_intact(const uint8_t* band) {
  return band[0] == OutputImage::kGuardByte && std::memcmp(band, band + 1, OutputImage::kGuardBytes - 1) == 0;
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

std::vector<std::size_t> OutputImage::draw_words(std::mt19937_64& random, std::size_t count) const {
  std::vector<std::size_t> words;  // where each begins
  std::size_t total = 0;
  for (const Output& output : outputs_) total += words_of(output);
  count = std::min(count, total);
  auto output = outputs_.begin();
  std::size_t passed = 0;  // words of outputs before that one
  for (std::size_t part = 0; part < count; ++part) {
    const std::size_t begin = part * total / count;
    const std::size_t end = (part + 1) * total / count;
    const std::size_t index = std::uniform_int_distribution<std::size_t>(begin, end - 1)(random);
    for (; index >= passed + words_of(*output); ++output) passed += words_of(*output);
    words.push_back(output->begin + static_cast<std::size_t>(kGuardBytes) + (index - passed) * kWordBytes);
  }
  return words;
}

uint32_t OutputImage::word(std::size_t offset) const {
  uint32_t word = 0;
  std::memcpy(&word, memory_.data() + offset, kWordBytes);
  return word;
}

void OutputImage::watch(std::vector<std::size_t> offsets) {
  watched_ = std::move(offsets);
  seen_.assign(watched_.size(), 0);
}

void OutputImage::look() {
  for (std::size_t i = 0; i < watched_.size(); ++i) seen_[i] = word(watched_[i]);
}

std::string OutputImage::damage() const {
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const uint8_t* begin = c(outputs_[i]);
    const uint8_t* end = begin + outputs_[i].size_bytes;
    if (is_intact(begin - kGuardBytes) && is_intact(end)) continue;
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

}  // namespace nvfp4bench::data
