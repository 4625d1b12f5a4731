// The outputs of a problem on the host, between guard bands: a kernel that writes outside its c is caught.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "data/aligned_buffer.hpp"
#include "model/problem.hpp"
#include "model/views.hpp"

namespace nvfp4bench::data {

/// The outputs of one problem. Each group's c, [l][m][n] in the problem's output type and 64-byte aligned,
/// lies between two bands of known bytes. An empty group has bands and nothing between them.
class OutputImage {
 public:
  /// Each band, on both sides of c: more than the rows that a kernel with one loop bound too many writes.
  /// A multiple of the buffer's alignment, so that c is aligned too.
  static constexpr int64_t kGuardBytes = 64 * 1024;
  /// Neither zero nor a poison, and as fp16, bf16 or fp32 no likely output.
  static constexpr uint8_t kGuardByte = 0xA5;

  explicit OutputImage(const Problem& problem);
  /// In memory that is 64-byte aligned and given by others, of the size of another image of this problem; it
  /// must outlive this one. Leaves what is there.
  OutputImage(const Problem& problem, std::span<uint8_t> memory);

  /// Fills every element with `pattern` (poison.hpp) and renews the guard bands.
  void poison(uint32_t pattern);

  /// Points view.groups[i].c at the outputs, which must outlive the view.
  void attach(ProblemView& view);

  /// What each group has, bands included; c begins kGuardBytes in. For an image elsewhere.
  std::vector<std::span<uint8_t>> images();
  /// All of that, in one piece.
  std::span<uint8_t> memory() { return memory_; }

  /// Offsets in memory() of words of outputs, ascending: one from each of `count` parts that are about as long, or
  /// of every word where they are fewer. The last of a group may reach into its band.
  std::vector<std::size_t> draw_words(std::mt19937_64& random, std::size_t count) const;
  static constexpr std::size_t kWordBytes = 4;
  uint32_t word(std::size_t offset) const;

  /// From now on, look() reads the words there, for seen().
  void watch(std::vector<std::size_t> offsets);
  void look();
  const std::vector<uint32_t>& seen() const { return seen_; }

  /// Empty if every guard byte is as poison() left it, else one line that names the group, the side and the
  /// distance of the overwritten byte nearest to c.
  std::string damage() const;

 private:
  struct Output {
    std::size_t begin = 0;   // of the first band, in memory_
    int64_t count = 0;       // elements of c
    int64_t size_bytes = 0;  // of c
  };

  /// Lays out the outputs; returns the bytes that they take.
  std::size_t lay_out(const Problem& problem);
  static std::size_t words_of(const Output& output) {
    return (static_cast<std::size_t>(output.size_bytes) + kWordBytes - 1) / kWordBytes;
  }
  uint8_t* c(const Output& output) const { return memory_.data() + output.begin + kGuardBytes; }

  OutputType type_;
  std::vector<Output> outputs_;
  AlignedBuffer buffer_;  // empty where the memory is given
  std::span<uint8_t> memory_;
  std::vector<std::size_t> watched_;
  std::vector<uint32_t> seen_;
};

}  // namespace nvfp4bench::data
