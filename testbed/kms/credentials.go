package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// As the instance's metadata names them.
type keys struct {
	AccessKeyId     string
	SecretAccessKey string
	Token           string
	Expiration      time.Time
}

// The keys of the environment, else those of the instance's role (EC2 user guide, "Retrieve security credentials from instance metadata"), which are kept until shortly before they end.
type credentials struct {
	mutex sync.Mutex
	kept  keys
}

func (c *credentials) get(ctx context.Context) (keys, error) {
	if id := os.Getenv("AWS_ACCESS_KEY_ID"); id != "" {
		return keys{AccessKeyId: id, SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), Token: os.Getenv("AWS_SESSION_TOKEN")}, nil
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if time.Until(c.kept.Expiration) > 5*time.Minute {
		return c.kept, nil
	}
	got, err := ofInstance(ctx)
	if err != nil {
		return keys{}, fmt.Errorf("read the keys of the instance's role: %w", err)
	}
	c.kept = got
	return got, nil
}

func ofInstance(ctx context.Context) (got keys, err error) {
	const folder = "/latest/meta-data/iam/security-credentials/"
	token, err := metadata(ctx, http.MethodPut, "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "60")
	if err != nil {
		return got, err
	}
	role, err := metadata(ctx, http.MethodGet, folder, "X-aws-ec2-metadata-token", token)
	if err != nil {
		return got, err
	}
	text, err := metadata(ctx, http.MethodGet, folder+role, "X-aws-ec2-metadata-token", token)
	if err != nil {
		return got, err
	}
	return got, json.Unmarshal([]byte(text), &got)
}

func metadata(ctx context.Context, method, path, header, value string) (string, error) {
	place := cmp.Or(os.Getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT"), "http://169.254.169.254")
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(place, "/")+path, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set(header, value)
	text, err := fetch(request)
	return strings.TrimSpace(string(text)), err
}
