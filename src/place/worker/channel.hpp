// Messages between the tool and a worker, over a socket.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "data/shared_memory.hpp"

namespace nvfp4bench::place {

/// A message and the files that came with it. Both ends are the same binary, so there are no versions.
struct Message {
  nlohmann::json body;
  std::vector<data::File> files;
};

/// One end of a stream socket. A message is its length and its CBOR, in which every double keeps its bits.
class Channel {
 public:
  /// At most as many files come with one message.
  static constexpr std::size_t kMostFiles = 4;

  explicit Channel(data::File socket) : socket_(std::move(socket)) {}
  /// Two connected ends, closed when another program is executed.
  static std::pair<Channel, Channel> pair();

  int file() const { return socket_.get(); }

  /// What is received must come within so many seconds after receive() begins to wait; else the other end counts as
  /// gone.
  void limit_waiting(int seconds) const;

  /// False if the other end is gone. Throws std::system_error where something else is wrong.
  bool send(const nlohmann::json& body, std::span<const int> files = {}) const;
  /// Waits. Nothing if the other end is gone, be it in the middle of a message.
  std::optional<Message> receive() const;

 private:
  data::File socket_;
};

}  // namespace nvfp4bench::place
