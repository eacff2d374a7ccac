"""What do proxies tell of requests, as the Telemetries of a mesh say it?"""
