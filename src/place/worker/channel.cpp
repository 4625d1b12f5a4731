#include "place/worker/channel.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include <sys/socket.h>
#include <sys/time.h>

namespace nvfp4bench::place {
namespace {

/// For bad lengths; the sizes of a million groups take less.
constexpr uint64_t kMostBytes = uint64_t{1} << 30;

/// Whether the last call failed because nobody is at the other end; throws if it failed otherwise.
bool gone() {
  if (errno == EPIPE || errno == ECONNRESET || errno == EAGAIN) return true;
  throw std::system_error(errno, std::generic_category(), "talking to a worker");
}

/// Room for files beside the bytes of a message.
union Ancillary {
  cmsghdr header;  // for its alignment
  char bytes[CMSG_SPACE(Channel::kMostFiles * sizeof(int))];
};

bool send_bytes(int socket, const uint8_t* bytes, std::size_t size, std::span<const int> files) {
  Ancillary ancillary{};
  while (size > 0) {
    iovec vector{const_cast<uint8_t*>(bytes), size};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    if (!files.empty()) {
      message.msg_control = &ancillary;
      message.msg_controllen = CMSG_SPACE(files.size_bytes());
      cmsghdr* const header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(files.size_bytes());
      std::memcpy(CMSG_DATA(header), files.data(), files.size_bytes());
    }
    const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return !gone();
    }
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
    files = {};
  }
  return true;
}

void take_files(msghdr& message, std::vector<data::File>& files) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int file = -1;
      std::memcpy(&file, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      files.emplace_back(file);
    }
  }
}

bool receive_bytes(int socket, uint8_t* bytes, std::size_t size, std::vector<data::File>& files) {
  while (size > 0) {
    Ancillary ancillary{};
    iovec vector{bytes, size};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = &ancillary;
    message.msg_controllen = sizeof ancillary;
    const ssize_t received = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0) {
      if (errno == EINTR) continue;
      return !gone();
    }
    if (received == 0) return false;
    take_files(message, files);
    bytes += received;
    size -= static_cast<std::size_t>(received);
  }
  return true;
}

}  // namespace

std::pair<Channel, Channel> Channel::pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::system_error(errno, std::generic_category(), "making a socket");
  return {Channel(data::File(ends[0])), Channel(data::File(ends[1]))};
}

void Channel::limit_waiting(int seconds) const {
  const timeval limit{.tv_sec = seconds, .tv_usec = 0};
  if (::setsockopt(file(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0)
    throw std::system_error(errno, std::generic_category(), "limiting a socket");
}

bool Channel::send(const nlohmann::json& body, std::span<const int> files) const {
  std::vector<uint8_t> bytes(sizeof(uint64_t));
  nlohmann::json::to_cbor(body, bytes);
  const uint64_t length = bytes.size() - sizeof length;
  std::memcpy(bytes.data(), &length, sizeof length);
  return send_bytes(file(), bytes.data(), bytes.size(), files);
}

std::optional<Message> Channel::receive() const {
  Message message;
  uint64_t length = 0;
  if (!receive_bytes(file(), reinterpret_cast<uint8_t*>(&length), sizeof length, message.files))
    return std::nullopt;
  if (length > kMostBytes) throw std::runtime_error("a message of a worker has an impossible length");
  std::vector<uint8_t> bytes(length);
  if (!receive_bytes(file(), bytes.data(), bytes.size(), message.files)) return std::nullopt;
  message.body = nlohmann::json::from_cbor(bytes);
  return message;
}

}  // namespace nvfp4bench::place
