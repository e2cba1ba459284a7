package admin

import (
	"context"
	"encoding/json"
)

// FollowClock calls follow with where the tenant's clock stands, now and after each move, one call at a time, and tells the tenant when
// follow has returned: every move of the clock waits for that, up to 5 s. name is for people, and for Advance to wait for; it is
// required. It returns what follow returns, unless that is nil, the context's error when ctx ends, and nil when the tenant ends.
// Clock has Now, OffsetMS and Frozen here, and nothing else.
func (c *Client) FollowClock(ctx context.Context, name string, follow func(Clock) error) error {
	return c.stream(ctx, "/clock/follow"+query("name", name), nil, func(data []byte) error {
		var at struct {
			Follower string `json:"follower"`
			Move     uint64 `json:"move"`
			Clock
		}
		if err := json.Unmarshal(data, &at); err != nil {
			return err
		}
		if err := follow(at.Clock); err != nil {
			return err
		}
		return c.post(ctx, "/clock/followed", struct {
			Follower string `json:"follower"`
			Move     uint64 `json:"move"`
		}{at.Follower, at.Move}, nil)
	})
}
