#include "place/device/operands.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "data/operand_arrays.hpp"
#include "kernels/probe/operands.hpp"

namespace nvfp4bench::place {
namespace {

using kernels::probe::Word;

/// Before, between and after operands; keeps their alignment.
constexpr int64_t kPadBytes = 4096;
constexpr int64_t kWordBytes = 4;

int64_t padded(int64_t bytes) { return (bytes + kPadBytes - 1) / kPadBytes * kPadBytes + kPadBytes; }

void copy(void* to, const void* from, int64_t bytes, cudaMemcpyKind kind, const char* what) {
  cuda::check(cudaMemcpy(to, from, static_cast<std::size_t>(bytes), kind), what);
}

}  // namespace

int64_t DeviceOperands::bytes_for(const ProblemView& host) {
  ProblemView view = host;
  int64_t bytes = kPadBytes;
  for (const data::OperandArray& array : data::operand_arrays(view)) bytes += padded(array.bytes);
  return bytes;
}

DeviceOperands::DeviceOperands(const ProblemView& host)
    : host_(host), buffer_(static_cast<std::size_t>(bytes_for(host))) {
  ProblemView view = host;
  int64_t next = kPadBytes;
  for (const data::OperandArray& array : data::operand_arrays(view)) {
    begins_.push_back(next);
    next += padded(array.bytes);
  }
  bring();
}

ProblemView DeviceOperands::in(ProblemView problem) const {
  const std::vector<data::OperandArray> arrays = data::operand_arrays(problem);
  for (std::size_t i = 0; i < arrays.size(); ++i) arrays[i].pointer = buffer_.data() + begins_[i];
  return problem;
}

void DeviceOperands::bring() {
  cuda::check(cudaMemset(buffer_.data(), 0xFF, buffer_.bytes()), "filling the gaps between operands");
  ProblemView host = host_;
  const std::vector<data::OperandArray> arrays = data::operand_arrays(host);
  for (std::size_t i = 0; i < arrays.size(); ++i)
    place::copy(buffer_.data() + begins_[i], arrays[i].pointer, arrays[i].bytes, cudaMemcpyHostToDevice,
                "copying operands to the GPU");
  // A copy of little, and a fill, return before they are done; kernels' streams do not wait for them.
  cuda::check(cudaDeviceSynchronize(), "copying operands to the GPU");
  hash(expected_hash_);
}

void DeviceOperands::renew(std::span<const data::Piece> pieces) {
  ProblemView host = host_;
  const std::vector<data::OperandArray> arrays = data::operand_arrays(host);
  std::vector<Word> words;
  const auto add = [&](const data::Piece& piece) {
    for (int64_t offset = piece.offset; offset < piece.offset + piece.bytes; offset += kWordBytes) {
      Word& word = words.emplace_back(Word{(begins_[piece.array] + offset) / kWordBytes, 0});
      std::memcpy(&word.value, arrays[piece.array].pointer + offset, sizeof word.value);
    }
  };
  std::for_each(renewed_.begin(), renewed_.end(), add);
  std::for_each(pieces.begin(), pieces.end(), add);
  renewed_.assign(pieces.begin(), pieces.end());
  std::sort(words.begin(), words.end(), [](const Word& a, const Word& b) { return a.index < b.index; });
  words.erase(std::unique(words.begin(), words.end(),
                          [](const Word& a, const Word& b) { return a.index == b.index; }),
              words.end());

  const auto count = std::ssize(words);
  const std::size_t table_bytes = words.size() * sizeof(Word);
  if (words_.bytes() < table_bytes) words_ = cuda::DeviceBuffer(table_bytes);
  place::copy(words_.data(), words.data(), static_cast<int64_t>(table_bytes), cudaMemcpyHostToDevice,
              "changing operands");
  const auto write_to = [&](const cuda::DeviceBuffer& buffer, const cuda::DeviceBuffer& sum) {
    kernels::probe::write_words(buffer.data(), words_.as<Word>(), count, sum.as<uint32_t>(), stream_.get());
  };
  write_to(buffer_, expected_hash_);
  for (const std::weak_ptr<Copies>& some : copies_) {
    if (const auto copies = some.lock()) {
      for (const cuda::DeviceBuffer& buffer : *copies)
        write_to(buffer, found_hash_);  // which means nothing then
    }
  }
  cuda::check(cudaStreamSynchronize(stream_.get()), "changing operands");
}

uint32_t DeviceOperands::hash(const cuda::DeviceBuffer& into) {
  cuda::check(cudaMemsetAsync(into.data(), 0, into.bytes(), stream_.get()), "hashing operands");
  kernels::probe::add_hash(buffer_.data(), bytes(), into.as<uint32_t>(), stream_.get());
  cuda::check(cudaStreamSynchronize(stream_.get()), "hashing operands");
  return read(into);
}

uint32_t DeviceOperands::read(const cuda::DeviceBuffer& hash) const {
  uint32_t value = 0;
  place::copy(&value, hash.data(), sizeof value, cudaMemcpyDeviceToHost, "hashing operands");
  return value;
}

std::string DeviceOperands::damage() {
  if (hash(found_hash_) == read(expected_hash_)) return "";
  std::string damage = "wrote between its operands";
  ProblemView host = host_;
  const std::vector<data::OperandArray> brought = data::operand_arrays(host);
  for (std::size_t i = 0; i < brought.size(); ++i) {
    std::vector<uint8_t> found(static_cast<std::size_t>(brought[i].bytes));
    place::copy(found.data(), buffer_.data() + begins_[i], brought[i].bytes, cudaMemcpyDeviceToHost,
                "comparing operands");
    if (std::equal(found.begin(), found.end(), brought[i].pointer)) continue;
    damage = fmt::format("wrote to its operands: {} of group {}", brought[i].what, brought[i].group);
    break;
  }
  bring();
  return damage;
}

OperandCopies DeviceOperands::copy(int64_t count, const ProblemView& problem) {
  OperandCopies made;
  const auto buffers = std::make_shared<Copies>();
  for (int64_t i = 0; i < count; ++i) {
    const cuda::DeviceBuffer& buffer = buffers->emplace_back(buffer_.bytes());
    place::copy(buffer.data(), buffer_.data(), bytes(), cudaMemcpyDeviceToDevice,
                "copying operands within the GPU");
    const std::vector<data::OperandArray> arrays = data::operand_arrays(made.views.emplace_back(problem));
    for (std::size_t j = 0; j < arrays.size(); ++j) arrays[j].pointer = buffer.data() + begins_[j];
  }
  // Copies within the GPU return before they are done, and kernels' streams do not wait for them.
  cuda::check(cudaDeviceSynchronize(), "copying operands within the GPU");
  std::erase_if(copies_, [](const std::weak_ptr<Copies>& some) { return some.expired(); });
  copies_.push_back(buffers);
  made.memory = buffers;
  return made;
}

}  // namespace nvfp4bench::place
